//! Commands about the cluster rather than about records.

use std::collections::HashMap;
use std::iter::repeat_n;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerospike_core::{AdminPolicy, Client, Node, Version};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{Run, udf};
use crate::completion::{Answer, Outcome};
use crate::direct::Direct;
use crate::driver::{Effect, Progress, drive};
use crate::error::{self, Failure, Phase};
use crate::frame::Request;

pub(super) async fn run(run: Run, request: Request<'_>) {
    let Run {
        completion,
        bounds,
        visit,
    } = run;
    let progress = Progress::new();
    let cluster = Arc::clone(visit.cluster());
    let left = bounds.left();
    let work = async {
        let client = cluster.client(&progress).await?;
        progress.enter(Phase::Command);
        match request {
            Request::Nodes => nodes(client),
            Request::Connections => connections(client, cluster.direct()),
            Request::Stats => {
                let direct = cluster.direct();
                let ready = direct.is_some_and(|direct| direct.is_ready());
                Ok(Answer::Payload(
                    cluster.stats.to_json(direct.is_some(), ready),
                ))
            }
            Request::Info { json } => info(client, parse(json)?).await,
            Request::Ping { json } => ping(client, parse(json)?).await,
            Request::RegisterUdf {
                timeout,
                name,
                source,
            } => udf::register(client, timeout, name, source).await,
            Request::RemoveUdf { timeout, name } => udf::remove(client, timeout, name).await,
            Request::WarmUp {
                connections,
                timeout,
            } => {
                let own = (timeout > 0).then(|| Duration::from_millis(timeout.into()));
                // The answer is to come before the deadline does.
                let bound = own.or(left.map(|left| left.mul_f32(0.9)));
                let wanted = connections as usize;
                warm_up(
                    client,
                    cluster.direct(),
                    wanted,
                    bound.unwrap_or(WARM_UP_BOUND),
                )
                .await
            }
            _ => Err(Failure::internal("not a command about a cluster")),
        }
    };
    drive(
        completion,
        bounds,
        Some(visit),
        Effect::Read,
        &progress,
        work,
    )
    .await;
}

fn parse<'j, T: Deserialize<'j>>(json: &'j [u8]) -> Result<T, Failure> {
    serde_json::from_slice(json)
        .map_err(|error| Failure::invalid(format!("the request is invalid: {error}")))
}

fn json<T: Serialize>(value: &T) -> Outcome {
    serde_json::to_vec(value)
        .map(Answer::Payload)
        .map_err(|_| Failure::internal("an answer could not be encoded"))
}

/// What a list says of each node, without asking it.
fn list<'n, T: Serialize>(nodes: &'n [Arc<Node>], of: impl Fn(&'n Node) -> T) -> Outcome {
    json(&nodes.iter().map(|node| of(node)).collect::<Vec<_>>())
}

/// Does the same on each of the nodes at a time, or as often on one as it is given. The first failure is that of all and
/// ends the others.
async fn on_each<T, F>(
    nodes: impl IntoIterator<Item = Arc<Node>>,
    work: impl Fn(Arc<Node>) -> F,
) -> Result<Vec<T>, Failure>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let mut running: JoinSet<F::Output> = nodes.into_iter().map(work).collect();
    let mut all = Vec::with_capacity(running.len());
    while let Some(done) = running.join_next().await {
        all.push(done.map_err(|_| Failure::internal("a request to a node panicked"))??);
    }
    Ok(all)
}

#[derive(Serialize)]
struct NodeInfo<'a> {
    name: &'a str,
    host: String,
    port: u16,
    version: String,
    active: bool,
    connections: u64,
}

fn nodes(client: &Client) -> Outcome {
    list(&client.nodes(), |node| {
        let host = node.host();
        NodeInfo {
            name: node.name(),
            host: host.name,
            port: host.port,
            version: version(node.version()),
            active: node.is_active(),
            connections: node.open_connections(),
        }
    })
}

fn version(version: &Version) -> String {
    format!(
        "{}.{}.{}.{}",
        version.major, version.minor, version.patch, version.build
    )
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gauges<'a> {
    node: &'a str,
    open: u64,
    idle: u64,
    in_use: u64,
    recovering: u64,
}

/// The direct path's connections to a node: those that are open, and those of them that nobody uses.
fn beside(direct: Option<&Arc<Direct>>, node: &Node) -> (u64, u64) {
    direct.map_or((0, 0), |direct| direct.gauges(node.name()))
}

fn connections(client: &Client, direct: Option<&Arc<Direct>>) -> Outcome {
    list(&client.nodes(), |node| {
        let gauges = node.pool_gauges();
        let (open, idle) = beside(direct, node);
        Gauges {
            node: node.name(),
            open: gauges.total + open,
            idle: gauges.in_pool + idle,
            in_use: (gauges.total + open).saturating_sub(gauges.in_pool + idle),
            recovering: gauges.recovering,
        }
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InfoRequest {
    commands: Vec<String>,
    node: Option<String>,
    all: Option<bool>,
    timeout: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PingRequest {
    timeout: Option<u32>,
}

fn no_nodes() -> Failure {
    Failure::new(error::CONNECTION, "the client is not connected to any node")
        .in_phase(Phase::Connect)
}

/// The nodes that a request is for: one by name or address, all, or any.
fn chosen(client: &Client, node: Option<&str>, all: bool) -> Result<Vec<Arc<Node>>, Failure> {
    let nodes = client.nodes();
    if let Some(wanted) = node {
        let found = nodes
            .iter()
            .find(|node| node.name() == wanted || node.host().address() == wanted);
        return match found {
            Some(node) => Ok(vec![Arc::clone(node)]),
            None => {
                let names: Vec<_> = nodes.iter().map(|node| node.name()).collect();
                let there = names.join(", ");
                let message = format!("the cluster has no node {wanted:.64}; it has {there:.512}");
                Err(Failure::new(error::INVALID_NODE, message))
            }
        };
    }
    if nodes.is_empty() {
        return Err(no_nodes());
    }
    if all {
        Ok(nodes)
    } else {
        client
            .random_node()
            .map(|node| vec![node])
            .map_err(|_| no_nodes())
    }
}

async fn ask(
    node: &Node,
    timeout: Option<u32>,
    commands: &[&str],
) -> Result<HashMap<String, String>, Failure> {
    let policy = AdminPolicy {
        timeout: timeout.unwrap_or(0),
    };
    match node.info(&policy, commands).await {
        Ok(answers) => Ok(answers.into_iter().collect()),
        Err(error) => {
            let mut failure = Failure::from_core(&error, false);
            failure.node.get_or_insert_with(|| node.to_string());
            Err(failure)
        }
    }
}

async fn info(client: &Client, request: InfoRequest) -> Outcome {
    let nodes = chosen(client, request.node.as_deref(), request.all == Some(true))?;
    let commands = Arc::new(request.commands);
    let answers = on_each(nodes, |node| {
        let commands = Arc::clone(&commands);
        async move {
            let commands: Vec<_> = commands.iter().map(String::as_str).collect();
            let answers = ask(&node, request.timeout, &commands).await?;
            Ok((node.name().to_owned(), answers))
        }
    });
    json(&HashMap::<_, _>::from_iter(answers.await?))
}

#[derive(Serialize)]
struct Pong {
    node: String,
    ms: f64,
}

async fn ping(client: &Client, request: PingRequest) -> Outcome {
    let pongs = on_each(chosen(client, None, true)?, |node| async move {
        let sent = Instant::now();
        ask(&node, request.timeout, &["node"]).await?;
        Ok(Pong {
            node: node.name().to_owned(),
            ms: sent.elapsed().as_secs_f64() * 1000.0,
        })
    });
    json(&pongs.await?)
}

/// How long opening connections may take where the command has neither a time-out nor a deadline.
const WARM_UP_BOUND: Duration = Duration::from_secs(5);

/// Opens connections until the nodes have as many as wanted or the time is up, and says how many were opened.
async fn warm_up(
    client: &Client,
    direct: Option<&Arc<Direct>>,
    wanted: usize,
    bound: Duration,
) -> Outcome {
    let nodes = client.nodes();
    let open = || -> u64 {
        nodes
            .iter()
            .map(|node| node.open_connections() + beside(direct, node).0)
            .sum()
    };
    let before = open();
    let opening = async {
        let mut rest = wanted;
        if let Some(direct) = direct {
            // The first are for reads, which have their own.
            direct.warm_up(wanted).await;
            rest -= direct.share(wanted);
        }
        on_each(nodes.iter().cloned(), |node| warm_up_node(node, rest)).await
    };
    // However far it came: what counts is what is open then.
    let _ = tokio::time::timeout(bound, opening).await;
    #[derive(Serialize)]
    struct Opened {
        opened: u64,
    }
    json(&Opened {
        opened: open().saturating_sub(before),
    })
}

/// Core opens a connection in the background when a command finds none, and offers no other way to ask for one. So as
/// many small requests as there are to be connections are made at a time, until the node has them.
async fn warm_up_node(node: Arc<Node>, wanted: usize) -> Result<(), Failure> {
    let wanted = wanted.min(node.client_policy().max_conns_per_node) as u64;
    while node.open_connections() < wanted {
        let missing = wanted - node.open_connections();
        // Those that are open already are kept busy, or they would answer for the new ones.
        let requests = missing + node.pool_gauges().in_pool;
        let same = repeat_n(Arc::clone(&node), requests as usize);
        let answered = on_each(same, |node| async move {
            Ok(ask(&node, Some(1000), &["node"]).await.is_ok())
        });
        if !answered.await?.contains(&true) {
            break;
        }
    }
    Ok(())
}
