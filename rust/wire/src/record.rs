//! Requests about one record.

use crate::Digest;
use crate::field::{self, Field};
use crate::message::Header;
use crate::proto::{self, Proto};

/// Which record, and what is done to it.
#[derive(Clone, Copy, Debug)]
pub struct RecordRequest<'a> {
    /// Namespace.
    pub namespace: &'a str,
    /// Set; none where it is empty.
    pub set: &'a str,
    /// Digest.
    pub digest: &'a Digest,
    /// The user key that is stored: its particle type in front of its bytes.
    pub key: Option<&'a [u8]>,
    /// A packed expression that the record has to meet.
    pub filter: Option<&'a [u8]>,
    /// The number of operations, and the operations.
    pub operations: (u16, &'a [u8]),
}

impl RecordRequest<'_> {
    /// Appends the request; the numbers of its fields and operations need not be in `header`.
    pub fn write(&self, out: &mut Vec<u8>, header: Header) {
        let start = begin(out);
        let fields = 2
            + u16::from(!self.set.is_empty())
            + u16::from(self.key.is_some())
            + u16::from(self.filter.is_some());
        let (operations, encoded) = self.operations;
        let header = Header {
            fields,
            operations,
            ..header
        };
        out.extend_from_slice(&header.encode());
        push_field(out, field::NAMESPACE, self.namespace.as_bytes());
        if !self.set.is_empty() {
            push_field(out, field::SET, self.set.as_bytes());
        }
        push_field(out, field::DIGEST, self.digest);
        if let Some(key) = self.key {
            push_field(out, field::KEY, key);
        }
        if let Some(filter) = self.filter {
            push_field(out, field::FILTER, filter);
        }
        out.extend_from_slice(encoded);
        end(out, start);
    }
}

pub(crate) fn push_field(out: &mut Vec<u8>, kind: u8, data: &[u8]) {
    Field { kind, data }.write(out);
}

/// Makes room for the header of a frame; gives where it stands.
pub(crate) fn begin(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; proto::HEADER_LEN]);
    start
}

/// Writes the header of the frame that ends here.
pub(crate) fn end(out: &mut [u8], start: usize) {
    let proto = Proto {
        kind: proto::MESSAGE,
        len: out.len() - start - proto::HEADER_LEN,
    };
    out[start..start + proto::HEADER_LEN].copy_from_slice(&proto.encode());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{info2, info3};
    use crate::request::Request;

    #[test]
    fn what_is_written_is_what_the_parser_reads() {
        let header = Header {
            info2: info2::WRITE | info2::GENERATION,
            info3: info3::UPDATE_ONLY,
            generation: 7,
            ttl: 60,
            index: 250,
            ..Header::default()
        };
        let request = RecordRequest {
            namespace: "test",
            set: "set",
            digest: &[9; 20],
            key: Some(b"\x03user"),
            filter: Some(&[0x91, 74]),
            operations: (1, &[0, 0, 0, 4, 11, 0, 0, 0]),
        };
        let mut out = b"before".to_vec();
        request.write(&mut out, header);
        let parsed = Request::parse(&out[6 + proto::HEADER_LEN..]).unwrap();
        let written = Header {
            fields: 5,
            operations: 1,
            ..header
        };
        assert_eq!(parsed.header, written);
        assert_eq!(parsed.fields.key, Some(&b"\x03user"[..]));
        assert_eq!(parsed.fields.set, Some(&b"set"[..]));
        assert_eq!(parsed.fields.digest, Some([9; 20]));
        assert_eq!(parsed.fields.filter, Some(&[0x91, 74][..]));
        let operations: Vec<_> = parsed.operations.map(|one| one.unwrap().op).collect();
        assert_eq!(operations, [11]);
    }
}
