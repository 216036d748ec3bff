//! A data message as a whole: its header, the fields that matter and its operations, all borrowed from the input.

use crate::field::{self, Field};
use crate::message::Header;
use crate::operation::Operations;
use crate::{Cursor, Digest, Malformed};

/// The fields of a message. Absent ones are `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    /// Namespace.
    pub namespace: Option<&'a [u8]>,
    /// Set.
    pub set: Option<&'a [u8]>,
    /// User key with its particle type in front.
    pub key: Option<&'a [u8]>,
    /// Digest.
    pub digest: Option<Digest>,
    /// Batch rows.
    pub batch: Option<&'a [u8]>,
    /// Filter expression.
    pub filter: Option<&'a [u8]>,
    /// Id of a transaction.
    pub txn: Option<&'a [u8]>,
    /// UDF package, whose presence makes the command a UDF call.
    pub udf_package: Option<&'a [u8]>,
    /// All fields as bytes, for the ones that only some commands have.
    pub all: &'a [u8],
    /// Number of fields in `all`.
    pub count: u16,
}

impl<'a> Fields<'a> {
    /// Reads `count` fields.
    ///
    /// # Errors
    /// When a length exceeds the input or a digest does not have 20 bytes.
    pub fn parse(cursor: &mut Cursor<'a>, count: u16) -> Result<Self, Malformed> {
        let start = cursor.rest();
        let mut fields = Self {
            count,
            ..Self::default()
        };
        for _ in 0..count {
            let Field { kind, data } = Field::parse(cursor)?;
            match kind {
                field::NAMESPACE => fields.namespace = Some(data),
                field::SET => fields.set = Some(data),
                field::KEY => fields.key = Some(data),
                field::DIGEST => {
                    fields.digest = Some(data.try_into().map_err(|_| Malformed("digest length"))?);
                }
                field::BATCH_INDEX | field::BATCH_INDEX_WITH_SET => fields.batch = Some(data),
                field::FILTER => fields.filter = Some(data),
                field::TXN_ID => fields.txn = Some(data),
                field::UDF_PACKAGE => fields.udf_package = Some(data),
                _ => {}
            }
        }
        fields.all = &start[..start.len() - cursor.rest().len()];
        Ok(fields)
    }

    /// The first field of a type.
    #[must_use]
    pub fn find(&self, kind: u8) -> Option<&'a [u8]> {
        let mut cursor = Cursor::new(self.all);
        (0..self.count)
            .map_while(|_| Field::parse(&mut cursor).ok())
            .find(|field| field.kind == kind)
            .map(|field| field.data)
    }
}

/// A parsed data message.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its header.
    pub header: Header,
    /// Its fields.
    pub fields: Fields<'a>,
    /// Its operations, not yet checked.
    pub operations: Operations<'a>,
}

impl<'a> Request<'a> {
    /// Reads the body of a message of type [`crate::proto::MESSAGE`].
    ///
    /// # Errors
    /// When a length exceeds the input.
    pub fn parse(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(body);
        let header = Header::parse(&mut cursor)?;
        let fields = Fields::parse(&mut cursor, header.fields)?;
        let operations = Operations::new(cursor.rest(), header.operations);
        Ok(Self {
            header,
            fields,
            operations,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{self, Operation};

    #[test]
    fn reads_what_was_written_and_survives_truncation() {
        let header = Header {
            fields: 3,
            operations: 1,
            ..Header::default()
        };
        let mut body = header.encode().to_vec();
        Field {
            kind: field::NAMESPACE,
            data: b"test",
        }
        .write(&mut body);
        Field {
            kind: field::DIGEST,
            data: &[7; 20],
        }
        .write(&mut body);
        Field {
            kind: field::TASK_ID,
            data: &[1; 8],
        }
        .write(&mut body);
        Operation {
            op: operation::READ,
            particle: 0,
            name: b"a",
            data: b"",
        }
        .write(&mut body);
        let request = Request::parse(&body).unwrap();
        assert_eq!(request.fields.namespace, Some(&b"test"[..]));
        assert_eq!(request.fields.digest, Some([7; 20]));
        assert_eq!(request.fields.find(field::TASK_ID), Some(&[1; 8][..]));
        assert_eq!(request.operations.count(), 1);
        for len in 0..body.len() {
            let ok = Request::parse(&body[..len])
                .is_ok_and(|request| request.operations.into_iter().all(|op| op.is_ok()));
            assert!(!ok, "accepted {len} of {} bytes", body.len());
        }
    }

    #[test]
    fn random_bytes_do_not_panic() {
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut body = vec![0; 64];
            for byte in &mut body {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                *byte = if state >> 62 == 0 {
                    (state >> 40) as u8
                } else {
                    (state >> 60) as u8
                };
            }
            body[0] = 22;
            if let Ok(request) = Request::parse(&body) {
                let _ = request.operations.into_iter().count();
            }
        }
    }
}
