//! Bytes that a function works on: they have room, of which the first part is what they hold.

use aerospike_wire::particle;
use std::fmt::{self, Display, Formatter};

/// Room, and how much of it is used.
#[derive(Clone)]
pub(super) struct Buffer {
    /// The particle type.
    pub(super) kind: u8,
    room: Vec<u8>,
    pub(super) size: usize,
}

/// More is no room for bytes.
const MAX_ROOM: usize = 64 * 1024 * 1024;

impl Buffer {
    /// Empty, with room.
    pub(super) fn with_room(room: usize) -> Self {
        Self {
            kind: particle::BLOB,
            room: vec![0; room.min(MAX_ROOM)],
            size: 0,
        }
    }

    pub(super) fn of(kind: u8, bytes: &[u8]) -> Self {
        Self {
            kind,
            room: bytes.to_vec(),
            size: bytes.len(),
        }
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.room[..self.size]
    }

    /// Writes at an offset, and makes room.
    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) -> bool {
        let done = self.write_room(at, bytes);
        if done {
            self.size = self.size.max(at + bytes.len());
        }
        done
    }

    /// Writes at an offset, and makes room, but uses no more of it than before.
    pub(super) fn write_room(&mut self, at: usize, bytes: &[u8]) -> bool {
        let end = at.saturating_add(bytes.len());
        if end > MAX_ROOM {
            return false;
        }
        if end > self.room.len() {
            self.room.resize(end, 0);
        }
        self.room[at..end].copy_from_slice(bytes);
        true
    }

    /// What is in the used part, all of it.
    pub(super) fn read(&self, at: usize, length: usize) -> Option<&[u8]> {
        self.content().get(at..at.checked_add(length)?)
    }

    /// The room from an offset on.
    pub(super) fn room(&self, at: usize) -> &[u8] {
        self.room.get(at..).unwrap_or_default()
    }

    /// All of the room is used.
    pub(super) fn use_all(&mut self) {
        self.size = self.room.len();
    }
}

impl Display for Buffer {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if self.size == 0 {
            return write!(out, "Bytes()");
        }
        for (at, byte) in self.content().iter().enumerate() {
            write!(out, "{}{byte:02X}", if at > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}
