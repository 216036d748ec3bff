//! A binary heap of indexes. Its order among equals is part of what a server answers, so it is written out here.

/// The first so many of the indexes below `len` that a heap gives out, those that come before others first.
pub(super) fn popped(
    len: usize,
    count: usize,
    before: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut heap: Vec<usize> = (0..len).collect();
    for at in (0..len / 2).rev() {
        sink(&mut heap, at, &before);
    }
    let mut popped = Vec::with_capacity(count);
    for _ in 0..count.min(len) {
        popped.push(heap.swap_remove(0));
        sink(&mut heap, 0, &before);
    }
    popped
}

/// Moves an index down to where none below it comes before it.
fn sink(heap: &mut [usize], mut at: usize, before: impl Fn(usize, usize) -> bool) {
    loop {
        let mut first = at;
        for child in [2 * at + 1, 2 * at + 2] {
            if child < heap.len() && before(heap[child], heap[first]) {
                first = child;
            }
        }
        if first == at {
            return;
        }
        heap.swap(at, first);
        at = first;
    }
}

#[cfg(test)]
mod tests {
    use super::popped;

    #[test]
    fn equals_come_in_the_order_of_a_server() {
        assert_eq!(popped(5, 5, |_, _| false), [0, 4, 3, 2, 1]);
        let values = [9, 4, 1, 2, 2];
        let less = |left: usize, right: usize| values[left] < values[right];
        assert_eq!(popped(5, 5, less), [2, 4, 3, 1, 0]);
        assert_eq!(popped(5, 2, less), [2, 4]);
        assert!(popped(0, 0, less).is_empty());
    }
}
