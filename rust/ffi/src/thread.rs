//! Threads that queues belong to. A Worker that is terminated says nothing; but its thread ends, and that is heard here.

use std::cell::RefCell;
use std::panic::catch_unwind;

use crate::queue;

/// The queues of a thread.
struct Bound(RefCell<Vec<u32>>);

impl Drop for Bound {
    fn drop(&mut self) {
        for queue in self.0.take() {
            // A panic here would end the process.
            let _ = catch_unwind(|| queue::abandon(queue));
        }
    }
}

thread_local! {
    static BOUND: Bound = const { Bound(RefCell::new(Vec::new())) };
}

/// A queue is given up when the calling thread ends, unless it was freed before. False when the thread ends already.
pub(crate) fn bind(queue: u32) -> bool {
    let bind = |bound: &Bound| {
        let mut queues = bound.0.borrow_mut();
        if !queues.contains(&queue) {
            queues.push(queue);
        }
    };
    BOUND.try_with(bind).is_ok()
}

/// Forgets a queue that is freed, where it was bound to the calling thread.
pub(crate) fn unbind(queue: u32) {
    let _ = BOUND.try_with(|bound| bound.0.borrow_mut().retain(|bound| *bound != queue));
}
