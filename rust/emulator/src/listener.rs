use crate::cluster::Cluster;
use crate::connection;
use crate::statistics::count;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{io, thread};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// The socket of an old listener may need a moment to go away.
const REBIND_ATTEMPTS: u32 = 50;
const REBIND_PAUSE: Duration = Duration::from_millis(20);

/// A bound socket that is ready for [`Listener::start`].
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    // The standard library sets SO_REUSEADDR on Unix, so connections in TIME_WAIT do not matter.
    let listener = StdListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Binds an address that this server had before.
pub(crate) fn rebind(address: SocketAddr) -> io::Result<TcpListener> {
    for _ in 1..REBIND_ATTEMPTS {
        if let Ok(listener) = bind(address) {
            return Ok(listener);
        }
        thread::sleep(REBIND_PAUSE);
    }
    bind(address)
}

/// Accepts connections of one node until it is stopped.
pub(crate) struct Listener {
    task: JoinHandle<()>,
    closed: Receiver<()>,
}

impl Listener {
    pub(crate) fn start(
        runtime: &Runtime,
        listener: TcpListener,
        cluster: Arc<Cluster>,
        node: usize,
    ) -> Self {
        let (open, closed) = mpsc::channel();
        let task = runtime.spawn(async move {
            accept(listener, cluster, node).await;
            drop(open);
        });
        Self { task, closed }
    }

    /// Closes the socket, so that connecting is refused from now on.
    pub(crate) fn stop(self) {
        self.task.abort();
        // The socket closes when the task is dropped, and the sender with it. A channel of the standard library, because
        // the caller may be a thread of another runtime, which must not block on this one.
        let _ = self.closed.recv();
    }
}

async fn accept(listener: TcpListener, cluster: Arc<Cluster>, node: usize) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let cluster = Arc::clone(&cluster);
                count(&cluster.nodes[node].counters.opened);
                // Before the task runs: once the listener has stopped, no connection escapes a drop.
                let drops = cluster.nodes[node].faults.drops();
                tokio::spawn(async move {
                    let node = &cluster.nodes[node];
                    connection::serve(stream, drops, &cluster, node).await;
                    count(&node.counters.closed);
                });
            }
            // Out of file descriptors, or the client was gone already.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
