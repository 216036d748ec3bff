//! Writes answers: a proto header whose length is filled in at the end, and messages.

use aerospike_wire::message::{self, Header, info3};
use aerospike_wire::operation::Operation;
use aerospike_wire::proto::{self, Proto};

/// Starts a frame and returns where it starts.
pub(crate) fn begin(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; proto::HEADER_LEN]);
    start
}

/// Ends the frame that started at `start`.
pub(crate) fn end(out: &mut [u8], start: usize, kind: u8) {
    let body = start + proto::HEADER_LEN;
    let header = Proto {
        kind,
        len: out.len() - body,
    }
    .encode();
    out[start..body].copy_from_slice(&header);
}

/// A message within a frame, whose header is filled in once its operations are known.
pub(crate) struct Message {
    start: usize,
    pub(crate) header: Header,
}

impl Message {
    pub(crate) fn begin(out: &mut Vec<u8>, index: u32) -> Self {
        let start = out.len();
        out.extend_from_slice(&[0; message::HEADER_LEN]);
        Self {
            start,
            header: Header {
                index,
                ..Header::default()
            },
        }
    }

    pub(crate) fn operation(&mut self, out: &mut Vec<u8>, operation: Operation<'_>) {
        operation.write(out);
        self.header.operations += 1;
    }

    /// Appends operations that are encoded already.
    pub(crate) fn operations(&mut self, out: &mut Vec<u8>, encoded: &[u8], count: u16) {
        out.extend_from_slice(encoded);
        self.header.operations += count;
    }

    /// Drops what was appended and answers a code only.
    pub(crate) fn fail(&mut self, out: &mut Vec<u8>, result: u8) {
        out.truncate(self.start + message::HEADER_LEN);
        self.header.operations = 0;
        self.header.result = result;
    }

    pub(crate) fn end(self, out: &mut [u8]) {
        out[self.start..self.start + message::HEADER_LEN].copy_from_slice(&self.header.encode());
    }
}

/// A frame with one message that has a code only.
pub(crate) fn code(out: &mut Vec<u8>, result: u8) {
    single(
        out,
        Header {
            result,
            ..Header::default()
        },
    );
}

/// A frame that ends a stream of messages.
pub(crate) fn last(out: &mut Vec<u8>, result: u8) {
    single(
        out,
        Header {
            info3: info3::LAST,
            result,
            ..Header::default()
        },
    );
}

fn single(out: &mut Vec<u8>, header: Header) {
    let start = begin(out);
    out.extend_from_slice(&header.encode());
    end(out, start, proto::MESSAGE);
}
