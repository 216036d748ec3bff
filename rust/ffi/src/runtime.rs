//! The one tokio runtime of the process.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Runtime};

/// The most workers that it has by itself.
const WORKERS: usize = 2;
const WORKERS_VARIABLE: &str = "AEROSPIKE_RUNTIME_WORKERS";

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// The runtime, started when the first queue opens and never at load: a process that only loads the library gets no
/// threads. It is never shut down, because that would have to wait for its threads.
pub(crate) fn get() -> Option<&'static Runtime> {
    if let Some(runtime) = RUNTIME.get() {
        return Some(runtime);
    }
    let runtime = start().ok()?;
    Some(RUNTIME.get_or_init(|| runtime))
}

/// How many workers the runtime has or would have. By itself it takes half of the cores at most: with the JavaScript
/// thread and two workers on two cores, what they do is mostly to wake each other.
pub(crate) fn workers() -> usize {
    let given = std::env::var(WORKERS_VARIABLE)
        .ok()
        .and_then(|text| text.trim().parse::<usize>().ok())
        .filter(|workers| (1..=32).contains(workers));
    given.unwrap_or_else(|| by_cores(std::thread::available_parallelism().map_or(1, usize::from)))
}

fn by_cores(cores: usize) -> usize {
    (cores / 2).clamp(1, WORKERS)
}

fn start() -> std::io::Result<Runtime> {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    // No signal driver: signals belong to the host process.
    Builder::new_multi_thread()
        .worker_threads(workers())
        .thread_name_fn(|| format!("aerospike-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
        .enable_io()
        .enable_time()
        .build()
}

#[cfg(test)]
mod tests {
    use super::by_cores;

    #[test]
    fn half_of_the_cores_at_least_one_worker_and_at_most_two() {
        assert_eq!([1, 2, 3, 4, 64].map(by_cores), [1, 1, 1, 2, 2]);
    }
}
