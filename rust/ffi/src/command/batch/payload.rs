//! The payload of a batch.

use std::sync::Arc;

use crate::columns::{self, Schema};
use crate::completion::{Answer, Outcome};
use crate::error::INTERNAL;
use crate::part::{Part, ROW, is_unanswered};

/// Length of the payload's header.
const HEADER: usize = 16;

/// The rows in the form that was asked for.
pub(super) fn payload(
    count: usize,
    parts: &[Part],
    names: &[Arc<[u8]>],
    schema: Option<Schema<'_>>,
) -> Outcome {
    let mut payload = match schema {
        Some(schema) => columns::assemble(schema, count, parts, names)?,
        None => assemble(count, parts, names),
    };
    payload.shrink_to_fit();
    Ok(Answer::Payload(payload))
}

/// Puts every row at its place in the batch.
fn assemble(count: usize, parts: &[Part], names: &[Arc<[u8]>]) -> Vec<u8> {
    let heads = count * ROW;
    let bodies: usize = parts.iter().map(|part| part.bodies.len()).sum();
    let table: usize = names.iter().map(|name| name.len() + 1).sum();
    let mut out = Vec::with_capacity(HEADER + heads + bodies + table);
    out.extend_from_slice(&(count as u32).to_le_bytes());
    out.extend_from_slice(&(names.len() as u32).to_le_bytes());
    out.extend_from_slice(&((HEADER + heads + bodies) as u32).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    // Every row is in a part; one that were in none would say so.
    let mut lost = [0; ROW];
    lost[0..4].copy_from_slice(&INTERNAL.to_le_bytes());
    for _ in 0..count {
        out.extend_from_slice(&lost);
    }
    for part in parts {
        let base = out.len();
        for (at, head) in part.rows.iter().zip(part.heads.chunks_exact(ROW)) {
            if is_unanswered(head) {
                continue;
            }
            let start = HEADER + *at as usize * ROW;
            let row = &mut out[start..start + ROW];
            row.copy_from_slice(head);
            shift(&mut row[12..16], base);
            shift(&mut row[24..28], base);
        }
        out.extend_from_slice(&part.bodies);
    }
    for name in names {
        out.push(name.len() as u8);
        out.extend_from_slice(name);
    }
    out
}

/// From one more than the offset in a part to the offset in the payload.
fn shift(offset: &mut [u8], base: usize) {
    let value = u32::from_le_bytes([offset[0], offset[1], offset[2], offset[3]]);
    if value != 0 {
        offset.copy_from_slice(&(value - 1 + base as u32).to_le_bytes());
    }
}
