//! Rows of a batch on their way into its payload: what both read paths produce, and every form of payload is made of.

use crate::direct::UNANSWERED;
use crate::error::Failure;
use crate::particle;

/// Length of one row's fixed part.
pub(crate) const ROW: usize = 32;

/// Rows that are encoded, with offsets from the start of `bodies`.
pub(crate) struct Part {
    /// Where the rows stand in the batch.
    pub(crate) rows: Vec<u32>,
    pub(crate) heads: Vec<u8>,
    pub(crate) bodies: Vec<u8>,
    pub(crate) answered: bool,
    pub(crate) failure: Option<Failure>,
}

/// Whether nobody has answered the row yet.
pub(crate) fn is_unanswered(head: &[u8]) -> bool {
    head[0..4] == UNANSWERED.to_le_bytes()
}

/// A row of a part, as it stands there.
pub(crate) struct Row<'p> {
    /// Its place in the batch.
    pub(crate) at: usize,
    pub(crate) code: i32,
    pub(crate) generation: u32,
    /// Seconds left, `u32::MAX` never.
    pub(crate) ttl: u32,
    pub(crate) bins: Bins<'p>,
    /// What is said about a failure: length and JSON.
    pub(crate) error: Option<&'p [u8]>,
}

impl<'p> Row<'p> {
    /// The row whose fixed part is `head`.
    pub(crate) fn new(at: usize, head: &[u8], bodies: &'p [u8]) -> Self {
        let number =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        // One more than the offset; 0 says that there is nothing.
        let body = |at| {
            let offset = (number(at) as usize).checked_sub(1)?;
            bodies.get(offset..)
        };
        Self {
            at,
            code: number(0) as i32,
            generation: number(4),
            ttl: number(8),
            bins: Bins {
                left: u16::from_le_bytes([head[16], head[17]]),
                rest: body(12).unwrap_or_default(),
            },
            error: body(24).and_then(|rest| {
                let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
                rest.get(..4 + length)
            }),
        }
    }
}

/// The bins of a row.
pub(crate) struct Bins<'p> {
    left: u16,
    rest: &'p [u8],
}

impl Bins<'_> {
    /// How many are left.
    pub(crate) fn len(&self) -> u16 {
        self.left
    }
}

/// A bin: its name's number, its particle type, its bytes.
impl<'p> Iterator for Bins<'p> {
    type Item = (u32, u8, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (head, rest) = self.rest.split_first_chunk::<9>()?;
        let [a, b, c, d, kind, length @ ..] = *head;
        let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(length) as usize)?;
        self.rest = rest;
        Some((u32::from_le_bytes([a, b, c, d]), kind, bytes))
    }
}

impl Part {
    /// The rows that have an answer.
    pub(crate) fn answers(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows
            .iter()
            .zip(self.heads.chunks_exact(ROW))
            .filter(|(_, head)| !is_unanswered(head))
            .map(|(at, head)| Row::new(*at as usize, head, &self.bodies))
    }

    /// Appends results to the rows that have bins: one particle for each number of a name that `results_of` gives for a
    /// row's place, empty where it has none.
    pub(crate) fn add_results<'r>(
        &mut self,
        results_of: impl Fn(usize) -> Option<&'r [Option<u32>]>,
    ) {
        let mut heads = std::mem::take(&mut self.heads);
        let mut bodies = Vec::with_capacity(self.bodies.len() * 2);
        for (at, head) in self.rows.iter().zip(heads.chunks_exact_mut(ROW)) {
            let row = Row::new(*at as usize, head, &self.bodies);
            if row.code != 0 {
                continue;
            }
            let offset = bodies.len() as u32 + 1;
            let mut bins: Vec<(u32, u8, &[u8])> = Vec::new();
            for (name, kind, bytes) in row.bins {
                bodies.extend_from_slice(&name.to_le_bytes());
                particle::push_raw(&mut bodies, kind, bytes);
                bins.push((name, kind, bytes));
            }
            let results = results_of(*at as usize).unwrap_or_default();
            for result in results {
                let bin = bins.iter().find(|(name, _, _)| Some(*name) == *result);
                particle::push_or_null(&mut bodies, bin.map(|(_, kind, bytes)| (*kind, *bytes)));
            }
            head[12..16].copy_from_slice(&offset.to_le_bytes());
            head[18..20].copy_from_slice(&(results.len() as u16).to_le_bytes());
        }
        self.heads = heads;
        self.bodies = bodies;
    }
}
