//! A connection that one batch or write has for itself, and the pool that it comes from.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aerospike_wire::proto::{self, Proto};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::node::Peer;
use super::reply::{self, Form, Single, Walker};
use super::stats::{Reason, Stats};

/// What one read asks the socket for.
const CHUNK: usize = 256 * 1024;
/// What is read of a reply to a write at once.
const SMALL: usize = 4 * 1024;
/// Buffers for replies that are kept while nobody reads into them; each connection with its own would add up.
const SPARE: usize = 4;
/// A buffer that grew past this is let go.
const KEPT: usize = 1024 * 1024;

/// A stream that is counted for as long as it is open.
pub(super) struct Counted {
    pub(super) stream: TcpStream,
    stats: Arc<Stats>,
}

impl Counted {
    /// Opens a connection within the client's bound.
    pub(super) async fn open(peer: &Peer) -> Result<Self, Reason> {
        let connect = TcpStream::connect((peer.host.as_str(), peer.port));
        match timeout(peer.plan.connect_timeout, connect).await {
            Ok(Ok(stream)) => {
                let _ = stream.set_nodelay(true);
                peer.stats.connected();
                Ok(Self {
                    stream,
                    stats: Arc::clone(&peer.stats),
                })
            }
            _ => Err(Reason::Connect),
        }
    }

    /// Whether the server neither closed it nor said something that nobody asked for.
    fn is_quiet(&self) -> bool {
        let mut byte = [0];
        matches!(self.stream.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.stats.disconnected();
    }
}

struct Resting {
    stream: Counted,
    since: Instant,
}

/// Connections that rest, and how many may be out.
pub(super) struct Pool {
    slots: Arc<Semaphore>,
    /// Writes that may be out: what stuck ones leave is for batches.
    writes: Arc<Semaphore>,
    patience: Duration,
    resting: Mutex<Vec<Resting>>,
    buffers: Mutex<Vec<Vec<u8>>>,
}

/// The right to have a connection out.
pub(super) struct Slot {
    _connection: OwnedSemaphorePermit,
    _write: Option<OwnedSemaphorePermit>,
}

/// A connection that is out.
pub(super) struct Connection {
    stream: Counted,
    _slot: Slot,
}

impl Pool {
    pub(super) fn new(size: usize, patience: Duration) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(size)),
            writes: Arc::new(Semaphore::new(size - size / 4)),
            patience,
            resting: Mutex::new(Vec::new()),
            buffers: Mutex::new(Vec::new()),
        }
    }

    /// A buffer to read replies into.
    pub(super) fn buffer(&self) -> Vec<u8> {
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        buffers.pop().unwrap_or_default()
    }

    /// Gives back a buffer.
    pub(super) fn keep(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        if buffers.len() < SPARE && buffer.capacity() <= KEPT {
            buffers.push(buffer);
        }
    }

    fn pop(&self) -> Option<Resting> {
        self.resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    /// The right to a connection. Who comes too late waits in line.
    pub(super) async fn slot(&self) -> Option<Slot> {
        Some(Slot {
            _connection: self.wait(&self.slots).await?,
            _write: None,
        })
    }

    /// The right to a connection for a write; with `waits`, in line for the end of another one.
    pub(super) async fn write_slot(&self, waits: bool) -> Option<Slot> {
        let write = match Arc::clone(&self.writes).try_acquire_owned() {
            Ok(write) => write,
            Err(_) if waits => self.wait(&self.writes).await?,
            Err(_) => return None,
        };
        Some(Slot {
            _connection: Arc::clone(&self.slots).try_acquire_owned().ok()?,
            _write: Some(write),
        })
    }

    async fn wait(&self, line: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        let permit = timeout(self.patience, Arc::clone(line).acquire_owned()).await;
        permit.ok()?.ok()
    }

    /// A connection that rests, the one used last first, or a new one.
    pub(super) async fn fill(&self, slot: Slot, peer: &Peer) -> Result<Connection, Reason> {
        while let Some(resting) = self.pop() {
            let is_fresh = peer
                .plan
                .idle_timeout
                .is_none_or(|idle| resting.since.elapsed() < idle);
            if is_fresh && resting.stream.is_quiet() {
                return Ok(Connection {
                    stream: resting.stream,
                    _slot: slot,
                });
            }
        }
        Ok(Connection {
            stream: Counted::open(peer).await?,
            _slot: slot,
        })
    }

    /// Gives back a connection whose last reply was read to its end.
    pub(super) fn give(&self, connection: Connection) {
        let Connection { stream, _slot } = connection;
        self.resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Resting {
                stream,
                since: Instant::now(),
            });
        // The slot is free once the connection rests, so that what is open never exceeds the slots.
    }

    /// Connections that are open, and those of them that rest; `size` is that of the pool.
    pub(super) fn gauges(&self, size: usize) -> (u64, u64) {
        let used = size.saturating_sub(self.slots.available_permits());
        let resting = self
            .resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        ((used + resting) as u64, resting as u64)
    }

    /// Closes what has rested too long.
    pub(super) fn reap(&self, peer: &Peer) {
        if let Some(idle) = peer.plan.idle_timeout {
            self.resting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|resting| resting.since.elapsed() < idle);
        }
    }
}

impl Connection {
    /// Sends a batch and walks its reply to the end.
    pub(super) async fn exchange(
        &mut self,
        request: &[u8],
        walker: &mut Walker<'_>,
        buffer: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let stream = &mut self.stream.stream;
        stream.write_all(request).await.map_err(|_| Reason::Lost)?;
        let mut start = 0;
        loop {
            while let Some(end) = frame_end(&buffer[start..])? {
                let body = &buffer[start + proto::HEADER_LEN..start + end];
                walker.frame(body).map_err(|_| Reason::Malformed)?;
                start += end;
                if walker.done {
                    return if start == buffer.len() {
                        Ok(())
                    } else {
                        Err(Reason::Malformed)
                    };
                }
            }
            if start == buffer.len() {
                buffer.clear();
                start = 0;
            } else if start > CHUNK {
                buffer.drain(..start);
                start = 0;
            }
            buffer.reserve(CHUNK);
            match stream.read_buf(buffer).await {
                Ok(0) | Err(_) => return Err(Reason::Lost),
                Ok(_) => {}
            }
        }
    }
}

impl Connection {
    /// Sends a request about one record and reads its reply.
    pub(super) async fn exchange_one(
        &mut self,
        request: &[u8],
        form: Form,
    ) -> Result<Single, Reason> {
        let stream = &mut self.stream.stream;
        let mut buffer = Vec::new();
        stream.write_all(request).await.map_err(|_| Reason::Lost)?;
        loop {
            buffer.reserve(SMALL);
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return Err(Reason::Lost),
                Ok(_) => {}
            }
            if let Some(end) = frame_end(&buffer)? {
                let is_whole = end == buffer.len();
                let answer = reply::single(&buffer[proto::HEADER_LEN..end], form);
                return answer.ok().filter(|_| is_whole).ok_or(Reason::Malformed);
            }
        }
    }
}

/// Where the data message at the start of `bytes` ends, once all of it is there.
pub(super) fn frame_end(bytes: &[u8]) -> Result<Option<usize>, Reason> {
    if bytes.len() < proto::HEADER_LEN {
        return Ok(None);
    }
    match Proto::parse(bytes) {
        Ok(header) if header.kind == proto::MESSAGE => {
            let end = proto::HEADER_LEN + header.len;
            Ok((bytes.len() >= end).then_some(end))
        }
        _ => Err(Reason::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_leave_connections_for_batches() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let pool = Pool::new(4, Duration::from_millis(1));
            let mut writes = Vec::new();
            while let Some(slot) = pool.write_slot(false).await {
                writes.push(slot);
            }
            assert_eq!(writes.len(), 3);
            assert!(pool.write_slot(true).await.is_none(), "nor after a wait");
            let batch = pool.slot().await;
            assert!(batch.is_some() && pool.slot().await.is_none());
            // A write's right to a connection does not make one.
            writes.clear();
            let batches = [pool.slot().await, pool.slot().await, pool.slot().await];
            assert!(batches.iter().all(Option::is_some));
            assert!(pool.write_slot(true).await.is_none());
        });
    }
}
