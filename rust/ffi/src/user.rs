//! Users of clusters: what a client has in its hand. Clients on several threads may use one cluster; each has a handle,
//! a line and commands of its own, and leaves by itself. The last one takes the cluster along.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use crate::cluster::Cluster;
use crate::counter;
use crate::error::Failure;
use crate::handle::Table;
use crate::limiter::{Permit, Place};
use crate::presence::{Presence, STOP_BOUND};
use crate::queue::{self, Queue};

/// One user of a cluster.
pub(crate) struct User {
    handle: OnceLock<u32>,
    cluster: Arc<Cluster>,
    /// The queue through which it came; when its thread ends, the user leaves.
    queue: u32,
    /// Its commands that were not answered yet.
    active: Presence,
    left: watch::Sender<bool>,
}

static USERS: RwLock<Table<Arc<User>>> = RwLock::new(Table::new());

/// The user behind a handle.
pub(crate) fn get(handle: u32) -> Option<Arc<User>> {
    USERS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(handle)
        .cloned()
}

fn all_that(is_meant: impl Fn(&User) -> bool) -> Vec<Arc<User>> {
    let users = USERS.read().unwrap_or_else(PoisonError::into_inner);
    users
        .iter()
        .filter(|user| is_meant(user))
        .cloned()
        .collect()
}

/// A cluster that somebody uses.
pub(crate) fn find_cluster(is_meant: impl Fn(&Cluster) -> bool) -> Option<Arc<Cluster>> {
    let users = USERS.read().unwrap_or_else(PoisonError::into_inner);
    let user = users.iter().find(|user| is_meant(&user.cluster))?;
    Some(Arc::clone(&user.cluster))
}

/// Gives a handle to one whom the cluster counts among its users. Runs on the runtime.
pub(crate) fn register(cluster: Arc<Cluster>, queue: &Queue) -> Result<u32, Failure> {
    let user = Arc::new(User {
        handle: OnceLock::new(),
        cluster,
        queue: queue.handle(),
        active: Presence::new(),
        left: watch::Sender::new(false),
    });
    let registered = {
        let mut users = USERS.write().unwrap_or_else(PoisonError::into_inner);
        let registered = users.insert(Arc::clone(&user));
        if let Ok(handle) = registered {
            let _ = user.handle.set(handle);
        }
        registered
    };
    let Ok(handle) = registered else {
        tokio::spawn(async move { user.cluster.leave().await });
        return Err(Failure::internal("too many clients are open"));
    };
    counter::USERS.add(1);
    // After it is in the table: a thread that ends looks there only after it has given up its queue.
    if queue.is_abandoned() {
        tokio::spawn(user.leave(Duration::ZERO));
    }
    Ok(handle)
}

/// The users that came through a queue leave, because its thread has ended. Runs on the runtime.
pub(crate) fn leave_with(queue: u32) {
    for user in all_that(|user| user.queue == queue) {
        tokio::spawn(user.leave(Duration::ZERO));
    }
}

impl User {
    fn handle(&self) -> u32 {
        self.handle.get().copied().unwrap_or_default()
    }

    pub(crate) fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    /// Whether it has begun to leave.
    pub(crate) fn leaves(&self) -> bool {
        self.active.is_closing()
    }

    /// Gets in its line for a turn.
    pub(crate) fn line_up(&self) -> Place {
        self.cluster.line_up(self.handle())
    }

    /// Leaves: refuses commands, gives running ones up to `drain`, stops the rest. Who comes second waits for the first.
    pub(crate) async fn leave(self: Arc<Self>, drain: Duration) {
        if !self.active.close() {
            let _ = self.left.subscribe().wait_for(|left| *left).await;
            return;
        }
        self.active.wait_empty(drain).await;
        let handle = self.handle();
        for queue in queue::all() {
            queue.cancel_user(handle);
        }
        self.active.wait_empty(STOP_BOUND).await;
        self.cluster.leave().await;
        let removed = USERS
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(handle);
        if removed.is_some() {
            counter::USERS.sub(1);
        }
        self.left.send_replace(true);
    }
}

/// A command's presence on a cluster.
pub(crate) struct Visit {
    user: Arc<User>,
    /// Where a command on records stands in the line, until it takes it.
    place: Option<Place>,
    answered: bool,
}

impl Visit {
    /// Refused when the user leaves or is unknown. A command on records gets in line.
    pub(crate) fn begin(handle: u32, on_records: bool) -> Result<Self, Failure> {
        let user = get(handle).ok_or_else(Failure::closed)?;
        user.active.enter();
        user.cluster.present.enter();
        let place = on_records.then(|| user.line_up());
        let visit = Self {
            user,
            place,
            answered: false,
        };
        if visit.user.leaves() {
            Err(Failure::closed())
        } else {
            Ok(visit)
        }
    }

    pub(crate) fn user(&self) -> &Arc<User> {
        &self.user
    }

    pub(crate) fn cluster(&self) -> &Arc<Cluster> {
        &self.user.cluster
    }

    /// The place in the user's line.
    pub(crate) fn take_place(&mut self) -> Place {
        let place = self.place.take();
        place.unwrap_or_else(|| self.user.line_up())
    }

    /// The turn, if it has come.
    pub(crate) fn take_turn(&mut self) -> Option<Permit> {
        match self.place.take()?.come() {
            Ok(turn) => Some(turn),
            Err(place) => {
                self.place = Some(place);
                None
            }
        }
    }

    /// The caller has its answer; what goes on is the wait for a late reply.
    pub(crate) fn answered(&mut self) {
        if !std::mem::replace(&mut self.answered, true) {
            self.user.active.leave();
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.answered();
        self.user.cluster.present.leave();
    }
}
