//! How a queue wakes its thread: a callback from the completing thread, a callback from one dedicated thread, or a byte
//! on a Unix socket.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::pointer::Wake;
use crate::{counter, queue};

/// A queue's doorbell. It carries no data; the queue does.
pub(crate) struct Doorbell(Mutex<Bell>);

enum Bell {
    None,
    Direct(Wake),
    Thread(Arc<Ringer>),
    #[cfg(unix)]
    Socket(Arc<socket::SocketBell>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Doorbell {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Bell::None))
    }

    pub(crate) fn ring(&self, queue: u32) {
        let bell = lock(&self.0);
        match &*bell {
            Bell::None => return,
            // Under the lock, so that no ring begins once `disarm` has returned. The callback must not call back.
            Bell::Direct(wake) => wake(queue),
            Bell::Thread(ringer) => ringer.request(),
            #[cfg(unix)]
            Bell::Socket(socket) => socket.ring(),
        }
        drop(bell);
        counter::RINGS.add(1);
    }

    /// Rings by calling `wake` on the thread that completes.
    pub(crate) fn call_directly(&self, wake: Wake) {
        self.replace(Bell::Direct(wake));
    }

    /// Rings by calling `wake` on a thread of its own. False when the thread cannot be started.
    pub(crate) fn call_from_thread(&self, queue: u32, wake: Wake) -> bool {
        match Ringer::start(queue, wake) {
            Ok(ringer) => {
                self.replace(Bell::Thread(ringer));
                true
            }
            Err(_) => false,
        }
    }

    /// Rings on a Unix socket; gives the path to connect to.
    #[cfg(unix)]
    pub(crate) fn listen(&self, queue: u32) -> std::io::Result<String> {
        let socket = socket::SocketBell::listen(queue)?;
        let path = socket.path().to_owned();
        self.replace(Bell::Socket(socket));
        Ok(path)
    }

    /// No ring begins after this. True when one that began before still runs on the dedicated thread: its callback may
    /// be freed once a later call gives false. Never waits: a JS thread that waited here would wait for itself.
    pub(crate) fn disarm(&self) -> bool {
        let mut bell = lock(&self.0);
        let rings = matches!(&*bell, Bell::Thread(ringer) if ringer.stop());
        if !rings {
            *bell = Bell::None;
        }
        rings
    }

    /// Ends the doorbell with its queue.
    pub(crate) fn stop(&self) {
        self.replace(Bell::None);
    }

    fn replace(&self, bell: Bell) {
        let old = std::mem::replace(&mut *lock(&self.0), bell);
        if let Bell::Thread(ringer) = old {
            ringer.stop();
        }
    }
}

/// The dedicated thread. Only this one thread ever calls: two callers at once can hang Deno.
struct Ringer {
    state: Mutex<RingerState>,
    changed: Condvar,
}

struct RingerState {
    wake: Option<Wake>,
    requested: bool,
    ringing: bool,
}

impl Ringer {
    fn start(queue: u32, wake: Wake) -> std::io::Result<Arc<Self>> {
        let ringer = Arc::new(Self {
            state: Mutex::new(RingerState {
                wake: Some(wake),
                requested: false,
                ringing: false,
            }),
            changed: Condvar::new(),
        });
        let of_thread = Arc::clone(&ringer);
        std::thread::Builder::new()
            .name("aerospike-bell".into())
            .spawn(move || of_thread.run(queue))?;
        Ok(ringer)
    }

    fn run(&self, queue: u32) {
        let mut state = lock(&self.state);
        while let Some(wake) = state.wake {
            if !state.requested {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.requested = false;
            drop(state);
            if let Some(queue) = queue::get(queue) {
                queue.gather();
            }
            state = lock(&self.state);
            if state.wake.is_none() {
                return;
            }
            state.ringing = true;
            drop(state);
            wake(queue);
            state = lock(&self.state);
            state.ringing = false;
        }
    }

    fn request(&self) {
        lock(&self.state).requested = true;
        self.changed.notify_one();
    }

    /// True while the callback still runs.
    fn stop(&self) -> bool {
        let mut state = lock(&self.state);
        state.wake = None;
        self.changed.notify_one();
        state.ringing
    }
}

#[cfg(unix)]
mod socket {
    use std::os::unix::fs::DirBuilderExt;
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::{Arc, OnceLock, Weak};

    use tokio::net::UnixListener;
    use tokio::task::AbortHandle;

    use crate::runtime;

    pub(super) struct SocketBell {
        directory: PathBuf,
        path: String,
        stream: OnceLock<UnixStream>,
        /// Rung before anyone was connected.
        early: AtomicBool,
        acceptor: OnceLock<AbortHandle>,
    }

    impl SocketBell {
        pub(super) fn listen(queue: u32) -> std::io::Result<Arc<Self>> {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let runtime = runtime::get().ok_or_else(|| std::io::Error::other("no runtime"))?;
            // A directory that only this user may enter keeps others from taking the one connection.
            let name = format!(
                "aef-{}-{queue:x}-{}",
                std::process::id(),
                NEXT.fetch_add(1, Ordering::Relaxed)
            );
            let directory = std::env::temp_dir().join(name);
            std::fs::DirBuilder::new().mode(0o700).create(&directory)?;
            let path = directory.join("bell");
            let listener = {
                let _inside = runtime.enter();
                UnixListener::bind(&path)
            };
            let bell = Arc::new(Self {
                path: path.to_string_lossy().into_owned(),
                directory,
                stream: OnceLock::new(),
                early: AtomicBool::new(false),
                acceptor: OnceLock::new(),
            });
            let task = runtime.spawn(accept(listener?, Arc::downgrade(&bell)));
            let _ = bell.acceptor.set(task.abort_handle());
            Ok(bell)
        }

        pub(super) fn path(&self) -> &str {
            &self.path
        }

        pub(super) fn ring(&self) {
            if self.stream.get().is_none() {
                self.early.store(true, Ordering::SeqCst);
            }
            self.send();
        }

        fn send(&self) {
            let Some(stream) = self.stream.get() else {
                return;
            };
            // A full buffer holds wake-ups enough, and a peer that is gone needs none. No SIGPIPE: the process is not ours.
            let _ = socket2::SockRef::from(stream).send_with_flags(&[1], NO_SIGNAL);
        }

        fn unlink(&self) {
            let _ = std::fs::remove_file(&self.path);
            let _ = std::fs::remove_dir(&self.directory);
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    const NO_SIGNAL: i32 = 0x4000;
    #[cfg(target_os = "freebsd")]
    const NO_SIGNAL: i32 = 0x20000;
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    const NO_SIGNAL: i32 = 0;

    impl Drop for SocketBell {
        fn drop(&mut self) {
            if let Some(acceptor) = self.acceptor.get() {
                acceptor.abort();
            }
            self.unlink();
        }
    }

    async fn accept(listener: UnixListener, bell: Weak<SocketBell>) {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let Some(bell) = bell.upgrade() else { return };
        bell.unlink();
        let Ok(stream) = stream.into_std() else {
            return;
        };
        #[cfg(target_vendor = "apple")]
        let _ = socket2::SockRef::from(&stream).set_nosigpipe(true);
        let _ = bell.stream.set(stream);
        if bell.early.swap(false, Ordering::SeqCst) {
            bell.send();
        }
    }
}
