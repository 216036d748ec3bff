//! The bin names of a batch's rows, each with its number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Up to this many names, looking at each is faster than hashing.
const FEW: usize = 32;

/// The names that the rows have in common.
#[derive(Default)]
pub(crate) struct Names(Mutex<Known>);

#[derive(Default)]
struct Known {
    names: Vec<Arc<[u8]>>,
    /// Filled once there are more than a [`FEW`].
    numbers: HashMap<Arc<[u8]>, u32>,
}

impl Known {
    fn find(&self, name: &[u8]) -> Option<u32> {
        if self.numbers.is_empty() {
            let at = self.names.iter().position(|known| **known == *name);
            at.map(|at| at as u32)
        } else {
            self.numbers.get(name).copied()
        }
    }

    fn id(&mut self, name: &[u8]) -> (Arc<[u8]>, u32) {
        if let Some(id) = self.find(name) {
            return (Arc::clone(&self.names[id as usize]), id);
        }
        let (name, id) = (Arc::<[u8]>::from(name), self.names.len() as u32);
        self.names.push(Arc::clone(&name));
        if !self.numbers.is_empty() {
            self.numbers.insert(Arc::clone(&name), id);
        } else if self.names.len() > FEW {
            self.numbers = self.names.iter().cloned().zip(0..).collect();
        }
        (name, id)
    }
}

impl Names {
    fn id(&self, name: &[u8]) -> (Arc<[u8]>, u32) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .id(name)
    }

    /// The number of a name, if a row has it.
    pub(crate) fn find(&self, name: &[u8]) -> Option<u32> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .find(name)
    }

    /// All names, in the order of their numbers.
    pub(crate) fn take(&self) -> Vec<Arc<[u8]>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).names
    }
}

/// Guesses names by position: rows of one set mostly have the same bins in the same order, so one comparison finds most
/// names and nothing is hashed.
pub(crate) struct Guess<'n> {
    shared: &'n Names,
    expected: Vec<(Arc<[u8]>, u32)>,
}

impl<'n> Guess<'n> {
    pub(crate) fn new(shared: &'n Names) -> Self {
        Self {
            shared,
            expected: Vec::new(),
        }
    }

    pub(crate) fn id(&mut self, position: usize, name: &[u8]) -> u32 {
        if let Some((expected, id)) = self.expected.get(position)
            && **expected == *name
        {
            return *id;
        }
        let found = self
            .expected
            .iter()
            .take(FEW)
            .find(|(known, _)| **known == *name)
            .cloned();
        let (name, id) = found.unwrap_or_else(|| self.shared.id(name));
        match self.expected.get_mut(position) {
            Some(expected) => *expected = (name, id),
            None => self.expected.push((name, id)),
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_number_of_its_own() {
        let names = Names::default();
        let all: Vec<_> = (0..70_000).map(|number| format!("b{number}")).collect();
        let mut guess = Guess::new(&names);
        for (at, name) in all.iter().enumerate() {
            assert_eq!(guess.id(at % 100, name.as_bytes()), at as u32);
        }
        // Another part of the batch gets the same numbers.
        let mut guess = Guess::new(&names);
        for (at, name) in all.iter().enumerate().rev() {
            assert_eq!(guess.id(0, name.as_bytes()), at as u32);
        }
        let taken = names.take();
        assert_eq!(taken.len(), all.len());
        assert!(
            taken
                .iter()
                .zip(&all)
                .all(|(taken, name)| **taken == *name.as_bytes())
        );
    }
}
