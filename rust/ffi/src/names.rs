//! The bin names of a batch's rows, each with its number.

use std::sync::{Mutex, PoisonError};

/// The names that the rows have in common.
#[derive(Default)]
pub(crate) struct Names(Mutex<Vec<Box<[u8]>>>);

impl Names {
    fn id(&self, name: &[u8]) -> u16 {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match names.iter().position(|known| **known == *name) {
            Some(id) => id as u16,
            None => {
                names.push(name.into());
                (names.len() - 1) as u16
            }
        }
    }

    /// All names, in the order of their numbers.
    pub(crate) fn take(&self) -> Vec<Box<[u8]>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Guesses names by position: rows of one set mostly have the same bins in the same order, so one comparison finds most
/// names and nothing is hashed.
pub(crate) struct Guess<'n> {
    shared: &'n Names,
    expected: Vec<(Box<[u8]>, u16)>,
}

impl<'n> Guess<'n> {
    pub(crate) fn new(shared: &'n Names) -> Self {
        Self {
            shared,
            expected: Vec::new(),
        }
    }

    pub(crate) fn id(&mut self, position: usize, name: &[u8]) -> u16 {
        if let Some((expected, id)) = self.expected.get(position)
            && **expected == *name
        {
            return *id;
        }
        let id = match self.expected.iter().find(|(known, _)| **known == *name) {
            Some((_, id)) => *id,
            None => self.shared.id(name),
        };
        match self.expected.get_mut(position) {
            Some(expected) => *expected = (name.into(), id),
            None => self.expected.push((name.into(), id)),
        }
        id
    }
}
