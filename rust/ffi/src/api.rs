//! The exports: an index of the ABI, in the order of `docs/abi.md`. Nothing unwinds out of here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::pointer;
use crate::queue::{self, Wait};
use crate::{clock, command, counter, logger, runtime, share, thread, user};

/// Version of the ABI; a binding refuses another than its own.
pub const AEF_ABI_VERSION: u32 = 1;

/// What a call gives that panicked.
const PANICKED: i32 = -1000;

/// What most calls give for a handle that is not known.
const UNKNOWN: i32 = -1;

fn guarded<T>(fallback: T, call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(fallback)
}

/// The version of this ABI. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn aef_abi_version() -> u32 {
    AEF_ABI_VERSION
}

/// Opens a completion queue for one JS thread, which accepts at most `capacity` commands in flight; one is in flight
/// until its record was drained, and OPEN, ATTACH and CLOSE do not count. Starts the process's runtime when it is the
/// first. Gives the queue's handle, 0 on failure.
#[unsafe(no_mangle)]
pub extern "C" fn aef_queue_open(capacity: u32) -> u32 {
    guarded(0, || {
        runtime::get()
            .and_then(|_| queue::open(capacity))
            .unwrap_or(0)
    })
}

/// Binds a queue to the calling thread, which is to be the one that drains it: when that thread ends and the queue was not
/// freed, the queue is given up. Its doorbell rings no more, its commands are stopped, the clients that were opened or
/// attached through it are closed without a drain, and it is freed after its last command. -1: unknown queue, or the thread
/// ends already.
#[unsafe(no_mangle)]
pub extern "C" fn aef_queue_bind_thread(queue: u32) -> i32 {
    guarded(PANICKED, || {
        let bound = queue::get(queue).is_some() && thread::bind(queue);
        if bound { 0 } else { UNKNOWN }
    })
}

/// Sets the doorbell to a callback. It carries no data and rings when the queue goes from empty to non-empty; what it is
/// for is to make the queue's thread drain. Mode 0 calls it on whatever thread completes, mode 1 on one thread that
/// belongs to the queue. The callback must not call into this library in mode 0.
///
/// Null disarms: no ring begins after the call has returned 0. 1 says that one that began before still runs (mode 1 only):
/// call again before the callback is freed. Never waits. -1: unknown queue or mode, or the thread could not be started.
#[unsafe(no_mangle)]
pub extern "C" fn aef_queue_callback(
    queue: u32,
    wake: Option<extern "C" fn(queue: u32)>,
    mode: u32,
) -> i32 {
    guarded(PANICKED, || {
        let Some(queue) = queue::get(queue) else {
            return UNKNOWN;
        };
        match (wake, mode) {
            (None, _) => return i32::from(queue.doorbell.disarm()),
            (Some(wake), 0) => queue.doorbell.call_directly(wake),
            (Some(wake), 1) if queue.doorbell.call_from_thread(queue.handle(), wake) => {}
            _ => return UNKNOWN,
        }
        queue.ring_if_waiting();
        0
    })
}

/// Sets the doorbell to a Unix socket: writes the path to connect to into `path`, which has room for `len` bytes, and
/// gives its length. Every ring is one byte. The path is unlinked after the first connection. -1: unknown queue, or a
/// system without such sockets; -2: no room; -3: the socket could not be made.
///
/// # Safety
/// `path` is valid for writes of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aef_queue_socket(queue: u32, path: *mut u8, len: u32) -> i32 {
    guarded(PANICKED, || {
        let target = unsafe { pointer::bytes_mut(path, len) };
        socket(queue, target)
    })
}

#[cfg(unix)]
fn socket(queue: u32, target: &mut [u8]) -> i32 {
    /// Paths of Unix sockets are shorter than this everywhere.
    const PATH: usize = 108;
    let Some(queue) = queue::get(queue) else {
        return UNKNOWN;
    };
    if target.len() < PATH {
        return -2;
    }
    let Ok(path) = queue.doorbell.listen(queue.handle()) else {
        return -3;
    };
    target[..path.len()].copy_from_slice(path.as_bytes());
    queue.ring_if_waiting();
    path.len() as i32
}

#[cfg(not(unix))]
fn socket(_queue: u32, _target: &mut [u8]) -> i32 {
    UNKNOWN
}

/// Blocks the calling thread until there is something to drain (1), `timeout_ms` have passed (0), or the queue is unknown
/// or closed and drained (2).
#[unsafe(no_mangle)]
pub extern "C" fn aef_queue_wait(queue: u32, timeout_ms: u32) -> u32 {
    guarded(2, || match queue::get(queue) {
        None => 2,
        Some(queue) => match queue.wait(Duration::from_millis(timeout_ms.into())) {
            Wait::Ready => 1,
            Wait::TimedOut => 0,
            Wait::Ended => 2,
        },
    })
}

/// Copies as many whole records as fit into `dst` and gives the number of bytes. 0 means empty, and re-arms the doorbell
/// in the same step. `len` is at least 16 KiB. The records belong to the caller.
///
/// # Safety
/// `dst` is valid for writes of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aef_queue_drain(queue: u32, dst: *mut u8, len: u32) -> u32 {
    guarded(0, || {
        let target = unsafe { pointer::bytes_mut(dst, len) };
        queue::get(queue).map_or(0, |queue| queue.drain(target) as u32)
    })
}

/// Copies one or many frames and gives how many were accepted; fewer than given means that the queue is full and the rest
/// is to be given again after draining. OPEN, ATTACH and CLOSE need no room, but do not overtake what does. Every
/// accepted command yields exactly one record, also when it is cancelled, times out, panics or its queue closes. Never
/// blocks, never calls back. -1: unknown queue; -2: a malformed frame or a tag that is in flight, and none was accepted;
/// -3: the queue closes.
///
/// # Safety
/// `frames` is valid for reads of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aef_submit(queue: u32, frames: *const u8, len: u32) -> i32 {
    guarded(PANICKED, || {
        let frames = unsafe { pointer::bytes(frames, len) };
        command::submit(queue, frames)
    })
}

/// Asks a command to stop, best effort; it still completes exactly once. 1 when it was in flight, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn aef_cancel(queue: u32, tag: u32) -> i32 {
    guarded(PANICKED, || {
        queue::get(queue).map_or(0, |queue| i32::from(queue.cancel(tag)))
    })
}

/// Copies a result that is too large for a record and frees it; `len` must be its length. `len` 0 only frees it. -1:
/// unknown queue or handle; -2: wrong length, and nothing was freed.
///
/// # Safety
/// `dst` is valid for writes of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aef_result_copy(queue: u32, handle: u32, dst: *mut u8, len: u32) -> i32 {
    guarded(PANICKED, || {
        let target = unsafe { pointer::bytes_mut(dst, len) };
        if target.len() != len as usize {
            return -2;
        }
        queue::get(queue).map_or(UNKNOWN, |queue| queue.take_result(handle, target))
    })
}

/// Writes the token by which ATTACH, on any queue of this process, gives another handle for the same cluster, into `dst`,
/// which has room for `len` bytes; gives its length, 32. It is no use of the cluster: it is good until the last handle was
/// closed. -1: unknown handle, or one that closes; -2: no room.
///
/// # Safety
/// `dst` is valid for writes of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aef_cluster_share(cluster: u32, dst: *mut u8, len: u32) -> i32 {
    guarded(PANICKED, || {
        let target = unsafe { pointer::bytes_mut(dst, len) };
        let Some(user) = user::get(cluster).filter(|user| !user.leaves()) else {
            return UNKNOWN;
        };
        let Some(target) = target.get_mut(..share::TOKEN) else {
            return -2;
        };
        target.copy_from_slice(&share::token(user.cluster()));
        share::TOKEN as i32
    })
}

/// 1 when at least one node of the cluster is active, 0 when none is, -1 when the handle is unknown.
#[unsafe(no_mangle)]
pub extern "C" fn aef_cluster_connected(cluster: u32) -> i32 {
    guarded(PANICKED, || {
        user::get(cluster).map_or(UNKNOWN, |user| i32::from(user.cluster().connected()))
    })
}

/// Begins to close a queue: refuses new commands and cancels what runs. The record that says closed comes after the last
/// completion. Never waits. -1: unknown queue.
#[unsafe(no_mangle)]
pub extern "C" fn aef_queue_close_begin(queue: u32) -> i32 {
    guarded(PANICKED, || match queue::get(queue) {
        None => UNKNOWN,
        Some(queue) => {
            queue.close();
            0
        }
    })
}

/// Frees a queue after its closed record was drained, with its doorbell and the results nobody fetched. Never waits. -1:
/// unknown queue; -2: the closed record was not drained yet.
#[unsafe(no_mangle)]
pub extern "C" fn aef_queue_free(queue: u32) -> i32 {
    guarded(PANICKED, || match queue::free(queue) {
        None => UNKNOWN,
        Some(true) => 0,
        Some(false) => -2,
    })
}

/// Sends the native log of the process to the queue as log records: 0 off, 1 errors, up to 5 everything. Bounded: what
/// does not fit is counted and dropped. -1: unknown queue; -2: the process has another logger.
#[unsafe(no_mangle)]
pub extern "C" fn aef_log(queue: u32, level: u32) -> i32 {
    guarded(PANICKED, || match queue::get(queue) {
        None => UNKNOWN,
        Some(queue) if logger::listen(&queue, level) => 0,
        Some(_) => -2,
    })
}

/// Milliseconds on the clock that the deadlines of frames count on; it begins at any time. It stands still while the
/// process is stopped for a second or more. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn aef_clock() -> f64 {
    guarded(0.0, || {
        clock::Instant::now().as_duration().as_secs_f64() * 1000.0
    })
}

/// Fills up to `count` counters and gives how many there are: queues, clusters, commands in flight, results held, bytes of
/// results held, commands accepted, completions delivered, doorbell rings, users of clusters.
///
/// # Safety
/// `dst` is valid for writes of `count` aligned 64-bit numbers during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aef_counters(dst: *mut u64, count: u32) -> u32 {
    guarded(0, || {
        let target = unsafe { pointer::words_mut(dst, count) };
        let all = counter::all();
        target
            .iter_mut()
            .zip(all)
            .for_each(|(slot, value)| *slot = value);
        all.len() as u32
    })
}
