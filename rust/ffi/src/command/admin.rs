//! Commands about the cluster rather than about records.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerospike_core::{AdminPolicy, Client, Node, Version};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::cluster::Visit;
use crate::completion::{Answer, Completion, Outcome};
use crate::direct::Direct;
use crate::driver::{Bounds, Effect, Progress, drive};
use crate::error::{self, Failure, Phase};
use crate::frame::Request;

pub(super) async fn run(
    completion: Completion,
    bounds: Bounds,
    visit: Visit,
    request: Request<'_>,
) {
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
            Request::WarmUp { connections } => {
                warm_up(client, cluster.direct(), connections as usize, left).await
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
    let nodes = client.nodes();
    let list: Vec<_> = nodes
        .iter()
        .map(|node| {
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
        .collect();
    json(&list)
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

fn connections(client: &Client, direct: Option<&Arc<Direct>>) -> Outcome {
    let nodes = client.nodes();
    let list: Vec<_> = nodes
        .iter()
        .map(|node| {
            let gauges = node.pool_gauges();
            let (open, idle) = direct.map_or((0, 0), |direct| direct.gauges(node.name()));
            Gauges {
                node: node.name(),
                open: gauges.total + open,
                idle: gauges.in_pool + idle,
                in_use: (gauges.total + open).saturating_sub(gauges.in_pool + idle),
                recovering: gauges.recovering,
            }
        })
        .collect();
    json(&list)
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
    let mut asked = JoinSet::new();
    for node in nodes {
        let commands = Arc::clone(&commands);
        asked.spawn(async move {
            let commands: Vec<_> = commands.iter().map(String::as_str).collect();
            let answers = ask(&node, request.timeout, &commands).await?;
            Ok::<_, Failure>((node.name().to_owned(), answers))
        });
    }
    let mut all = HashMap::new();
    while let Some(answer) = asked.join_next().await {
        let (node, answers) =
            answer.map_err(|_| Failure::internal("an info request panicked"))??;
        all.insert(node, answers);
    }
    json(&all)
}

#[derive(Serialize)]
struct Pong {
    node: String,
    ms: f64,
}

async fn ping(client: &Client, request: PingRequest) -> Outcome {
    let nodes = chosen(client, None, true)?;
    let mut asked = JoinSet::new();
    for node in nodes {
        asked.spawn(async move {
            let sent = Instant::now();
            ask(&node, request.timeout, &["node"]).await?;
            Ok::<_, Failure>(Pong {
                node: node.name().to_owned(),
                ms: sent.elapsed().as_secs_f64() * 1000.0,
            })
        });
    }
    let mut pongs = Vec::new();
    while let Some(pong) = asked.join_next().await {
        pongs.push(pong.map_err(|_| Failure::internal("a ping panicked"))??);
    }
    json(&pongs)
}

/// How long opening connections may take where the command has no deadline.
const WARM_UP_BOUND: Duration = Duration::from_secs(5);

/// How long opening connections waits for the map of partitions, without which the direct path opens none.
const MAP_BOUND: Duration = Duration::from_millis(500);

/// Core opens a connection in the background when a command finds none, and offers no other way to ask for one. So as
/// many small requests as there are to be connections are made at a time, until the nodes have them.
async fn warm_up(
    client: &Client,
    direct: Option<&Arc<Direct>>,
    mut wanted: usize,
    left: Option<Duration>,
) -> Outcome {
    let until = Instant::now()
        + left
            .unwrap_or(WARM_UP_BOUND)
            .min(WARM_UP_BOUND)
            .mul_f32(0.9);
    let mut opened = 0;
    if let Some(direct) = direct {
        // The first are for reads, which have their own.
        let until = Instant::now() + MAP_BOUND;
        while !direct.is_ready() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        if direct.is_ready() {
            opened += direct.warm_up(wanted).await;
            wanted -= direct.share(wanted);
        }
    }
    let mut warming = JoinSet::new();
    for node in client.nodes() {
        warming.spawn(async move {
            let before = node.open_connections();
            let wanted = wanted.min(node.client_policy().max_conns_per_node) as u64;
            while node.open_connections() < wanted && Instant::now() < until {
                let missing = wanted - node.open_connections();
                let mut asked = JoinSet::new();
                // Those that are open already are kept busy, or they would answer for the new ones.
                for _ in 0..missing + node.pool_gauges().in_pool {
                    let node = Arc::clone(&node);
                    asked.spawn(async move { ask(&node, Some(1000), &["node"]).await.is_ok() });
                }
                let mut answered = false;
                while let Some(answer) = asked.join_next().await {
                    answered |= answer.unwrap_or(false);
                }
                if !answered {
                    break;
                }
            }
            node.open_connections().saturating_sub(before)
        });
    }
    while let Some(of_node) = warming.join_next().await {
        opened += of_node.unwrap_or(0);
    }
    #[derive(Serialize)]
    struct Opened {
        opened: u64,
    }
    json(&Opened { opened })
}
