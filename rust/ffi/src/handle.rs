//! Tables that hand out `u32` handles instead of pointers: a slot and the generation of what is in it, so that a stale
//! handle is an unknown one.

use std::collections::VecDeque;

const INDEX_BITS: u32 = 16;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

struct Slot<T> {
    generation: u16,
    value: Option<T>,
}

/// Up to 65,536 values by handle. Zero is never a handle.
pub(crate) struct Table<T> {
    slots: Vec<Slot<T>>,
    // First in, first out: a slot rests as long as possible before its next generation.
    free: VecDeque<u32>,
}

impl<T> Table<T> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: VecDeque::new(),
        }
    }

    /// Stores a value; gives it back when the table is full.
    pub(crate) fn insert(&mut self, value: T) -> Result<u32, T> {
        let index = match self.free.pop_front() {
            Some(index) => index,
            None if self.slots.len() <= INDEX_MASK as usize => {
                self.slots.push(Slot {
                    generation: 0,
                    value: None,
                });
                (self.slots.len() - 1) as u32
            }
            None => return Err(value),
        };
        let slot = &mut self.slots[index as usize];
        slot.generation = slot.generation.checked_add(1).unwrap_or(1);
        slot.value = Some(value);
        Ok(u32::from(slot.generation) << INDEX_BITS | index)
    }

    fn slot(&self, handle: u32) -> Option<&Slot<T>> {
        let slot = self.slots.get((handle & INDEX_MASK) as usize)?;
        (u32::from(slot.generation) == handle >> INDEX_BITS).then_some(slot)
    }

    pub(crate) fn get(&self, handle: u32) -> Option<&T> {
        self.slot(handle)?.value.as_ref()
    }

    pub(crate) fn remove(&mut self, handle: u32) -> Option<T> {
        self.get(handle)?;
        let index = handle & INDEX_MASK;
        let value = self.slots[index as usize].value.take();
        self.free.push_back(index);
        value
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| slot.value.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn stale_handles_are_unknown() {
        let mut table = Table::new();
        let first = table.insert("a").unwrap();
        assert_ne!(first, 0);
        assert_eq!(table.remove(first), Some("a"));
        let second = table.insert("b").unwrap();
        assert_ne!(first, second);
        assert_eq!((table.get(first), table.get(second)), (None, Some(&"b")));
        assert_eq!(
            (table.remove(first), table.get(0), table.get(u32::MAX)),
            (None, None, None)
        );
    }

    #[test]
    fn a_generation_wraps_past_zero() {
        let mut table = Table::new();
        for _ in 0..70_000 {
            let handle = table.insert(()).unwrap();
            assert_ne!(handle, 0);
            assert_eq!(table.remove(handle), Some(()));
        }
        assert_eq!(table.iter().count(), 0);
    }

    #[test]
    fn full_tables_say_so() {
        let mut table = Table::new();
        for _ in 0..65_536 {
            table.insert(()).unwrap();
        }
        assert_eq!(table.insert(()), Err(()));
    }
}
