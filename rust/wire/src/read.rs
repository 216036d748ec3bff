//! Read requests: the messages that ask for records, one at a time or in a batch.

use crate::batch::{INFO, REPEAT, TTL};
use crate::field;
use crate::message::{HEADER_LEN, Header, info1, info2};
use crate::operation::{self, Operation};
use crate::proto;
use crate::record::{RecordRequest, begin, end, push_field};
use crate::{Digest, particle};

/// What is read of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want<'a> {
    /// Every bin.
    All,
    /// Generation and expiry only.
    Header,
    /// Some bins: their number, and the operations that [`push_bin`] wrote.
    Bins(u16, &'a [u8]),
    /// A result for each of so many operations that read, which [`push_bin`] and [`Operation::write`] wrote.
    Results(u16, &'a [u8]),
}

impl Want<'_> {
    fn info1(self) -> u8 {
        info1::READ
            | match self {
                Self::All => info1::GET_ALL,
                Self::Header => info1::NO_BIN_DATA,
                Self::Bins(..) | Self::Results(..) => 0,
            }
    }

    fn info2(self) -> u8 {
        match self {
            Self::Results(..) => info2::RESPOND_ALL_OPS,
            _ => 0,
        }
    }

    fn operations(&self) -> (u16, &[u8]) {
        match self {
            Self::Bins(count, bytes) | Self::Results(count, bytes) => (*count, bytes),
            _ => (0, &[]),
        }
    }
}

/// Appends the operation that reads one bin; what [`Want::Bins`] consists of.
pub fn push_bin(out: &mut Vec<u8>, name: &str) {
    Operation {
        op: operation::READ,
        particle: particle::NULL,
        name: name.as_bytes(),
        data: &[],
    }
    .write(out);
}

/// Appends the request for one record that meets `filter`, a packed expression. `timeout_ms` tells the server when nobody
/// waits any more, 0 never.
pub fn push_single(
    out: &mut Vec<u8>,
    namespace: &str,
    set: &str,
    digest: &Digest,
    want: Want<'_>,
    filter: Option<&[u8]>,
    timeout_ms: u32,
) {
    RecordRequest {
        namespace,
        set,
        digest,
        key: None,
        filter,
        operations: want.operations(),
    }
    .write(
        out,
        Header {
            info1: want.info1(),
            info2: want.info2(),
            index: timeout_ms,
            ..Header::default()
        },
    );
}

/// Writes a batch whose rows all read. Their indices count from 0 in the order of writing.
#[derive(Debug)]
pub struct BatchWriter {
    out: Vec<u8>,
    rows: u32,
}

/// Where the batch field begins, behind both headers.
const FIELD_AT: usize = proto::HEADER_LEN + HEADER_LEN;
/// Where the number of rows stands, behind the field's length and type.
const ROWS_AT: usize = FIELD_AT + 5;

impl BatchWriter {
    /// Begins a batch of about `rows` rows. `flags` are those of [`crate::batch`].
    #[must_use]
    pub fn new(rows: usize, flags: u8, timeout_ms: u32) -> Self {
        let mut out = Vec::with_capacity(512 + rows * 25);
        begin(&mut out);
        out.extend_from_slice(
            &Header {
                info1: info1::BATCH,
                index: timeout_ms,
                fields: 1,
                ..Header::default()
            }
            .encode(),
        );
        out.extend_from_slice(&[0, 0, 0, 0, field::BATCH_INDEX, 0, 0, 0, 0, flags]);
        Self { out, rows: 0 }
    }

    fn push_row(&mut self, digest: &Digest, flags: u8) {
        self.out.extend_from_slice(&self.rows.to_be_bytes());
        self.out.extend_from_slice(digest);
        self.out.push(flags);
        self.rows += 1;
    }

    /// A row that says what it reads, of a record that meets `filter`, a packed expression.
    pub fn push(
        &mut self,
        digest: &Digest,
        namespace: &str,
        set: &str,
        want: Want<'_>,
        filter: Option<&[u8]>,
    ) {
        self.push_row(digest, INFO | TTL);
        let (operations, encoded) = want.operations();
        let fields = 2 + u8::from(filter.is_some());
        self.out
            .extend_from_slice(&[want.info1(), want.info2(), 0, 0, 0, 0, 0, 0, fields]);
        self.out.extend_from_slice(&operations.to_be_bytes());
        push_field(&mut self.out, field::NAMESPACE, namespace.as_bytes());
        push_field(&mut self.out, field::SET, set.as_bytes());
        if let Some(filter) = filter {
            push_field(&mut self.out, field::FILTER, filter);
        }
        self.out.extend_from_slice(encoded);
    }

    /// A row that reads what the row before it does.
    pub fn repeat(&mut self, digest: &Digest) {
        self.push_row(digest, REPEAT);
    }

    /// The whole message.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let length = (self.out.len() - FIELD_AT - 4) as u32;
        self.out[FIELD_AT..FIELD_AT + 4].copy_from_slice(&length.to_be_bytes());
        self.out[ROWS_AT..ROWS_AT + 4].copy_from_slice(&self.rows.to_be_bytes());
        end(&mut self.out, 0);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{RESPOND_ALL_KEYS, Rows};
    use crate::proto::Proto;
    use crate::request::Request;

    fn body(message: &[u8]) -> &[u8] {
        let proto = Proto::parse(message).unwrap();
        assert_eq!(proto.kind, proto::MESSAGE);
        assert_eq!(proto.len, message.len() - proto::HEADER_LEN);
        &message[proto::HEADER_LEN..]
    }

    #[test]
    fn single_reads_are_what_the_parser_reads() {
        let mut bins = Vec::new();
        push_bin(&mut bins, "a");
        push_bin(&mut bins, "name");
        let names = vec![b"a".to_vec(), b"name".to_vec()];
        let cases = [
            (Want::All, info1::READ | info1::GET_ALL, 0, vec![]),
            (Want::Header, info1::READ | info1::NO_BIN_DATA, 0, vec![]),
            (Want::Bins(2, &bins), info1::READ, 0, names.clone()),
            (
                Want::Results(2, &bins),
                info1::READ,
                info2::RESPOND_ALL_OPS,
                names,
            ),
        ];
        for (want, bits, bits2, names) in cases {
            for (set, filter) in [("set", None), ("", Some(&[0x91, 74][..]))] {
                let mut out = b"before".to_vec();
                push_single(&mut out, "test", set, &[7; 20], want, filter, 250);
                let request = Request::parse(body(&out[6..])).unwrap();
                let header = request.header;
                assert_eq!(
                    (header.info1, header.info2, header.index),
                    (bits, bits2, 250)
                );
                assert_eq!(request.fields.namespace, Some(&b"test"[..]));
                assert_eq!(
                    request.fields.set,
                    Some(set.as_bytes()).filter(|set| !set.is_empty())
                );
                assert_eq!(request.fields.digest, Some([7; 20]));
                assert_eq!(request.fields.filter, filter);
                let read: Vec<_> = request
                    .operations
                    .map(|operation| operation.unwrap().name.to_vec())
                    .collect();
                assert_eq!(read, names);
            }
        }
    }

    #[test]
    fn batches_are_what_the_parser_reads() {
        let mut bins = Vec::new();
        push_bin(&mut bins, "a");
        let mut writer = BatchWriter::new(3, RESPOND_ALL_KEYS, 9);
        writer.push(&[1; 20], "test", "one", Want::All, Some(&[0x91, 74]));
        writer.repeat(&[2; 20]);
        writer.push(&[3; 20], "bar", "", Want::Bins(1, &bins), None);
        let message = writer.finish();
        let request = Request::parse(body(&message)).unwrap();
        let rows = Rows::parse(request.fields.batch.unwrap(), &request.header).unwrap();
        assert_eq!(rows.flags, RESPOND_ALL_KEYS);
        let rows: Vec<_> = rows.map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        for (at, row) in rows.iter().enumerate() {
            assert_eq!((row.index as usize, row.digest), (at, [at as u8 + 1; 20]));
        }
        assert_eq!(rows[1].attributes.number, rows[0].attributes.number);
        assert_eq!(
            rows[1].attributes.header.info1,
            info1::READ | info1::GET_ALL
        );
        assert_eq!(rows[1].attributes.fields.filter, Some(&[0x91, 74][..]));
        assert_eq!(rows[2].attributes.header.info1, info1::READ);
        assert_eq!(rows[2].attributes.fields.filter, None);
        assert_eq!(rows[2].attributes.fields.namespace, Some(&b"bar"[..]));
        assert_eq!(rows[2].attributes.operations.len(), 1);
    }
}
