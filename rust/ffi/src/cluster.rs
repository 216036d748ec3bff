//! Clusters: connections, partitions and limits. What a client has of one is a [`crate::user::User`].

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aerospike_core::{AuthMode, Client, ClientPolicy, ErrorKind, Host};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::config::Settings;
use crate::counter;
use crate::direct::{Direct, Plan, Stats};
use crate::driver::Progress;
use crate::error::{self, Failure, Phase};
use crate::limiter::{Limiter, Permit, Place};
use crate::presence::{Presence, STOP_BOUND};
use crate::runtime;
use crate::seed::{self, Unreachable};
use crate::share::Id;

/// How often at most the limiter looks at the number of nodes.
const RESIZE_INTERVAL_MS: u64 = 100;
/// How long a close waits for core's tend task, which finishes the cycle it is in.
const CORE_BOUND: Duration = Duration::from_secs(5);
/// How long a late reply is waited for at least, before a command that waits for its turn is worth more than its
/// connection.
const CROWDED: Duration = Duration::from_millis(250);
/// Pause between attempts to start core when it may start later.
const RESTART: Duration = Duration::from_secs(1);

/// Why core could not be started.
struct Trouble {
    failure: Failure,
    /// No later attempt can go better: the settings contradict each other.
    is_final: bool,
}

/// One cluster.
pub(crate) struct Cluster {
    pub(crate) id: Id,
    /// How many use it; once there is none, nobody joins any more.
    users: AtomicUsize,
    /// Absent until core has started, which `failIfNotConnected: false` does not wait for.
    client: OnceLock<Client>,
    started: watch::Sender<bool>,
    starter: Mutex<Option<AbortHandle>>,
    /// Why core could not be started the last time.
    trouble: watch::Sender<Option<Trouble>>,
    limiter: Limiter,
    /// Absent where every read goes through core.
    direct: Option<Arc<Direct>>,
    pub(crate) stats: Arc<Stats>,
    /// Connections a node may have, where the limiter follows the number of nodes.
    per_node: Option<usize>,
    opened: Instant,
    resized_ms: AtomicU64,
    /// Commands of all users, those included that were answered and wait for a late reply.
    pub(crate) present: Presence,
    /// Tells late replies that nobody waits any more.
    shutdown: watch::Sender<bool>,
}

/// Opens a cluster within its bound. Who opens it is its first user.
pub(crate) async fn open(
    mut settings: Settings,
    progress: &Progress,
) -> Result<Arc<Cluster>, Failure> {
    progress.enter(Phase::Connect);
    let started = Instant::now();
    let bound = settings.connect_timeout;
    let socket_bound = match settings.policy.connect_timeout {
        0 => settings.policy.timeout,
        milliseconds => milliseconds,
    };
    let probe_bound = bound.min(Duration::from_millis(socket_bound.max(1).into()));
    let plain = settings.policy.tls_policy.is_none() && settings.policy.auth_mode == AuthMode::None;
    let plan = Plan::take_from(&mut settings.policy, settings.direct);
    let (reached, unreachable) = seed::probe(&settings.hosts, plain, probe_bound).await;
    if !settings.policy.fail_if_not_connected {
        let hosts = if reached.is_empty() {
            settings.hosts.clone()
        } else {
            reached
        };
        let cluster = Cluster::new(&settings, plan);
        cluster.start_in_background(settings.policy, hosts);
        let left = bound.saturating_sub(started.elapsed());
        if let Ok(Err(failure)) = timeout(left, cluster.wait_started_or_final()).await {
            cluster.abandon();
            return Err(failure);
        }
        return Ok(cluster.begin());
    }
    if reached.is_empty() {
        return Err(not_connected("no host can be reached", &list(&unreachable)));
    }
    let left = bound.saturating_sub(started.elapsed());
    match timeout(left, Client::new(&settings.policy, &reached)).await {
        Ok(Ok(client)) => {
            let cluster = Cluster::new(&settings, plan);
            let _ = cluster.client.set(client);
            cluster.started.send_replace(true);
            cluster.resize();
            Ok(cluster.begin())
        }
        Ok(Err(error)) => Err(not_started(&error, &unreachable)),
        Err(_) => {
            let what = format!("the cluster was not usable within {} ms", bound.as_millis());
            let silent = reached
                .iter()
                .map(|host| format!("{host}: accepts connections, but did not answer in time"));
            Err(not_connected(
                &what,
                &silent.chain(list(&unreachable)).collect::<Vec<_>>(),
            ))
        }
    }
}

fn list(unreachable: &[Unreachable]) -> Vec<String> {
    unreachable
        .iter()
        .map(|seed| format!("{}: {}", seed.host, seed.reason))
        .collect()
}

/// Core's list of failed hosts as reasons, and the code where security is the reason: a wrong password must not look
/// like a network that is down.
fn reasons(text: &str) -> (Vec<String>, Option<i32>) {
    const SECURITY: std::ops::RangeInclusive<i32> = 50..=89;
    let mut code = None;
    let mut reasons = Vec::new();
    for line in text.lines() {
        match line.trim().split_once(" Error ") {
            Some((host, rest)) => {
                let number = rest
                    .split([',', ':'])
                    .next()
                    .and_then(|number| number.parse::<i32>().ok());
                code = code.or(number.filter(|number| SECURITY.contains(number)));
                let reason = rest.split_once(": ").map_or(rest, |(_, reason)| reason);
                reasons.push(format!("{host}: {}", error::plain(reason)));
            }
            // The heading.
            None if line.contains("host(s)") => {}
            None => match reasons.last_mut() {
                Some(reason) => *reason = format!("{reason} {}", line.trim()),
                None => reasons.push(error::plain(line).trim().to_owned()),
            },
        }
    }
    (reasons, code)
}

/// Why core could not be started.
fn not_started(error: &aerospike_core::Error, unreachable: &[Unreachable]) -> Failure {
    if !matches!(error.kind(), ErrorKind::Connection) {
        return Failure::from_core(error, false).in_phase(Phase::Connect);
    }
    // Core's text has a line for each host that it tried.
    let (mut reasons, code) = reasons(&error.base_message());
    reasons.extend(list(unreachable));
    let mut failure = not_connected("no host can be used", &reasons);
    failure.code = code.unwrap_or(failure.code);
    failure
}

fn not_connected(what: &str, reasons: &[String]) -> Failure {
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(" ({})", reasons.join("; "))
    };
    Failure::new(
        error::CONNECTION,
        format!("could not connect: {what}{reasons}"),
    )
    .in_phase(Phase::Connect)
}

impl Cluster {
    fn new(settings: &Settings, plan: Option<Plan>) -> Arc<Self> {
        let per_node = settings.policy.max_conns_per_node;
        let stats = Arc::<Stats>::default();
        Arc::new(Self {
            id: Id::new(),
            users: AtomicUsize::new(1),
            client: OnceLock::new(),
            started: watch::Sender::new(false),
            starter: Mutex::new(None),
            trouble: watch::Sender::new(None),
            limiter: Limiter::new(
                settings.max_commands.unwrap_or(per_node),
                settings.queue_timeout,
            ),
            direct: plan.map(|plan| Direct::new(plan, Arc::clone(&stats))),
            stats,
            per_node: settings.max_commands.is_none().then_some(per_node),
            opened: Instant::now(),
            resized_ms: AtomicU64::new(0),
            present: Presence::new(),
            shutdown: watch::Sender::new(false),
        })
    }

    fn begin(self: Arc<Self>) -> Arc<Self> {
        counter::CLUSTERS.add(1);
        if let Some(direct) = &self.direct {
            direct.start(&self);
        }
        self
    }

    fn start_in_background(self: &Arc<Self>, mut policy: ClientPolicy, hosts: Vec<Host>) {
        // Else core starts without a node and keeps to itself why it has none.
        policy.fail_if_not_connected = true;
        let Some(runtime) = runtime::get() else {
            return;
        };
        let cluster = Arc::downgrade(self);
        let task = runtime.spawn(async move {
            loop {
                match Client::new(&policy, &hosts).await {
                    Ok(client) => {
                        match cluster.upgrade() {
                            Some(cluster) if !cluster.present.is_closing() => {
                                let _ = cluster.client.set(client);
                                cluster.started.send_replace(true);
                            }
                            _ => drop(client.close().await),
                        }
                        return;
                    }
                    Err(error) => match cluster.upgrade() {
                        Some(cluster) => cluster.keep_trouble(&error),
                        None => return,
                    },
                }
                tokio::time::sleep(RESTART).await;
            }
        });
        *self.starter.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    async fn wait_started(&self) {
        let _ = self.started.subscribe().wait_for(|started| *started).await;
    }

    /// Waits until core has started, or until it is certain that it never will.
    async fn wait_started_or_final(&self) -> Result<(), Failure> {
        let mut trouble = self.trouble.subscribe();
        let hopeless = |trouble: &Option<Trouble>| trouble.as_ref().is_some_and(|t| t.is_final);
        tokio::select! {
            () = self.wait_started() => Ok(()),
            Ok(trouble) = trouble.wait_for(hopeless) => {
                trouble.as_ref().map_or(Ok(()), |trouble| Err(trouble.failure.clone()))
            }
        }
    }

    /// Keeps why core could not be started, and logs it where it is news.
    fn keep_trouble(&self, error: &aerospike_core::Error) {
        let is_final = matches!(error.kind(), ErrorKind::InvalidArgument | ErrorKind::Client);
        let failure = not_started(error, &[]);
        let is_news = |known: &Trouble| known.failure.message != failure.message;
        if self.trouble.borrow().as_ref().is_none_or(is_news) {
            log::warn!("{}; trying again", failure.message);
        }
        self.trouble
            .send_replace(Some(Trouble { failure, is_final }));
    }

    /// Why there is no connection, as far as it is known: core never started.
    pub(crate) fn trouble(&self) -> Option<String> {
        if self.client.get().is_some() {
            return None;
        }
        let trouble = self.trouble.borrow();
        trouble
            .as_ref()
            .map(|trouble| trouble.failure.message.clone().into_owned())
    }

    /// Stops a cluster that nobody got.
    fn abandon(self: Arc<Self>) {
        self.present.close();
        if let Some(runtime) = runtime::get() {
            runtime.spawn(async move { self.stop_core().await });
        }
    }

    /// Core's client; waits for it where it may start later.
    pub(crate) async fn client(&self, progress: &Progress) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        progress.enter(Phase::Connect);
        if let Some(trouble) = self.trouble() {
            let message = format!("the client is not connected to any node: {trouble}");
            return Err(Failure::new(error::CONNECTION, message).in_phase(Phase::Connect));
        }
        self.wait_started().await;
        self.client.get().ok_or_else(Failure::closed)
    }

    /// Core's client, for a command that has waited for it.
    pub(crate) fn core(&self) -> Result<&Client, Failure> {
        self.client.get().ok_or_else(Failure::closed)
    }

    /// Core's client, once it has started.
    pub(crate) fn started(&self) -> Option<&Client> {
        self.client.get()
    }

    /// The direct path, where there is one.
    pub(crate) fn direct(&self) -> Option<&Arc<Direct>> {
        self.direct.as_ref()
    }

    /// Whether a node is active; for `aef_cluster_connected`.
    pub(crate) fn connected(&self) -> bool {
        self.client.get().is_some_and(|client| {
            client.is_connected() && client.nodes().iter().any(|node| node.is_active())
        })
    }

    /// Gets in a user's line for a turn.
    pub(crate) fn line_up(&self, user: u32) -> Place {
        let place = self.limiter.line_up(user);
        if place.waits() {
            self.resize_sometimes();
        }
        place
    }

    /// A turn among the commands that run, when it has come.
    pub(crate) async fn turn(&self, place: Place) -> Result<Permit, Failure> {
        self.limiter.permit(place).await.map_err(|_| {
            Failure::new(error::QUEUE_TIMEOUT, error::describe(error::QUEUE_TIMEOUT))
                .in_phase(Phase::Queue)
        })
    }

    fn resize_sometimes(&self) {
        let now = self.opened.elapsed().as_millis() as u64;
        let before = self.resized_ms.load(Ordering::Relaxed);
        if now.saturating_sub(before) >= RESIZE_INTERVAL_MS
            && self
                .resized_ms
                .compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        {
            self.resize();
        }
    }

    fn resize(&self) {
        if let (Some(per_node), Some(client)) = (self.per_node, self.client.get()) {
            self.limiter.resize(per_node * client.nodes().len().max(1));
        }
    }

    /// One user more. False once the last one has left.
    pub(crate) fn join(&self) -> bool {
        let more = |users| (users > 0).then_some(users + 1);
        let joined = self
            .users
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        joined.is_ok()
    }

    /// One user less. The last one ends the cluster with its connections.
    pub(crate) async fn leave(&self) {
        if self.users.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        self.present.close();
        self.shutdown.send_replace(true);
        self.present.wait_empty(STOP_BOUND).await;
        self.stop_core().await;
        counter::CLUSTERS.sub(1);
    }

    async fn stop_core(&self) {
        if let Some(starter) = self
            .starter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            starter.abort();
        }
        if let Some(direct) = &self.direct {
            direct.close();
        }
        if let Some(client) = self.client.get() {
            let _ = timeout(CORE_BOUND, client.close()).await;
        }
        self.started.send_replace(true);
    }

    /// Lets the work of a command that was answered go on for a while: not longer than the cluster, and only shortly where
    /// others wait for its turn.
    pub(crate) async fn linger<F: Future>(&self, bound: Duration, work: Pin<&mut F>) {
        let mut shutdown = self.shutdown.subscribe();
        let crowded = async {
            loop {
                tokio::time::sleep(CROWDED).await;
                if self.limiter.is_crowded() {
                    return;
                }
            }
        };
        tokio::select! {
            _ = timeout(bound, work) => {}
            () = crowded => {}
            _ = shutdown.wait_for(|shutdown| *shutdown) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reasons;

    #[test]
    fn cores_list_of_hosts_becomes_reasons() {
        let text = "Unable to communicate with server cluster: Failed to connect to [2] host(s):\n  \
            a:1 Error 9: Client Timeout: no\n\t reply\n  b:2 Error 65, node=b:2: Invalid credential\n";
        let (reasons, code) = reasons(text);
        assert_eq!(reasons, ["a:1: no reply", "b:2: Invalid credential"]);
        assert_eq!(code, Some(65));
        assert_eq!(
            super::reasons("connected but unroutable"),
            (vec!["connected but unroutable".to_owned()], None)
        );
    }
}
