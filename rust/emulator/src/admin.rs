//! Administration messages. The Community Edition has no security and says so.

use crate::reply;
use aerospike_wire::proto;
use aerospike_wire::result_code::code;

const BODY_LEN: usize = 16;

pub(crate) fn answer(out: &mut Vec<u8>) {
    let start = reply::begin(out);
    let mut body = [0; BODY_LEN];
    body[1] = code::SECURITY_NOT_SUPPORTED as u8;
    out.extend_from_slice(&body);
    reply::end(out, start, proto::ADMIN);
}
