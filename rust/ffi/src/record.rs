//! Completion records, as they stand in a queue.

/// Length of a record's header.
pub(crate) const HEADER: usize = 24;
/// Payloads up to this length stand in the record; longer ones are held and fetched by handle.
pub(crate) const INLINE: usize = 8192;

/// The smallest buffer to drain into holds the largest record.
const _: () = assert!(HEADER + INLINE <= 16 * 1024);

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A command succeeded.
    Result = 1,
    /// A command failed.
    Error = 2,
    /// The queue is closed; nothing follows.
    Closed = 3,
    /// A line of the native log.
    Log = 4,
}

/// Flag: the payload is held.
pub(crate) const HELD: u8 = 1;

/// Appends a record whose payload is inline.
pub(crate) fn push_inline(out: &mut Vec<u8>, tag: u32, kind: Kind, code: i32, payload: &[u8]) {
    debug_assert!(payload.len() <= INLINE);
    let length = (HEADER + payload.len()).next_multiple_of(8);
    out.reserve(length);
    let end = out.len() + length;
    push_header(
        out,
        length as u32,
        tag,
        kind,
        0,
        code,
        payload.len() as u32,
        0,
    );
    out.extend_from_slice(payload);
    out.resize(end, 0);
}

/// Appends a record whose payload of `length` bytes is held under `handle`.
pub(crate) fn push_held(
    out: &mut Vec<u8>,
    tag: u32,
    kind: Kind,
    code: i32,
    length: u32,
    handle: u32,
) {
    push_header(out, HEADER as u32, tag, kind, HELD, code, length, handle);
}

#[allow(clippy::too_many_arguments)]
fn push_header(
    out: &mut Vec<u8>,
    length: u32,
    tag: u32,
    kind: Kind,
    flags: u8,
    code: i32,
    payload: u32,
    handle: u32,
) {
    let mut header = [0u8; HEADER];
    header[0..4].copy_from_slice(&length.to_le_bytes());
    header[4..8].copy_from_slice(&tag.to_le_bytes());
    header[8] = kind as u8;
    header[9] = flags;
    header[12..16].copy_from_slice(&code.to_le_bytes());
    header[16..20].copy_from_slice(&payload.to_le_bytes());
    header[20..24].copy_from_slice(&handle.to_le_bytes());
    out.extend_from_slice(&header);
}

/// Length of the record at the start of `records`.
pub(crate) fn length(records: &[u8]) -> usize {
    u32::from_le_bytes([records[0], records[1], records[2], records[3]]) as usize
}

/// Whether the record at the start of `records` answers a command.
pub(crate) fn answers(records: &[u8]) -> bool {
    records[8] == Kind::Result as u8 || records[8] == Kind::Error as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_those_of_the_abi() {
        let mut out = Vec::new();
        push_inline(&mut out, 0x0403_0201, Kind::Error, -1004, b"abc");
        assert_eq!(out.len(), 32);
        assert_eq!(length(&out), 32);
        assert_eq!(out[4..8], [1, 2, 3, 4]);
        assert_eq!((out[8], out[9], out[10], out[11]), (2, 0, 0, 0));
        assert_eq!(out[12..16], (-1004i32).to_le_bytes());
        assert_eq!(out[16..20], 3u32.to_le_bytes());
        assert_eq!(out[20..24], [0; 4]);
        assert_eq!(&out[24..], b"abc\0\0\0\0\0");
        assert!(answers(&out));

        let mut held = Vec::new();
        push_held(&mut held, 7, Kind::Result, 0, 100_000, 9);
        assert_eq!((length(&held), held.len(), held[9]), (24, 24, HELD));
        assert_eq!(held[16..20], 100_000u32.to_le_bytes());
        assert_eq!(held[20..24], 9u32.to_le_bytes());
    }
}
