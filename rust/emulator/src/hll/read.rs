//! Operations that read.

use super::call::{self, INVALID};
use super::sketch::{Shape, Sketch};
use super::{estimate, integer};
use crate::collection::{Answer, Arguments};
use crate::command::{Code, wire};
use aerospike_wire::msgpack::Writer;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);

const COUNT: i64 = 50;
const UNION: i64 = 51;
const UNION_COUNT: i64 = 52;
const INTERSECT_COUNT: i64 = 53;
const SIMILARITY: i64 = 54;
const DESCRIBE: i64 = 55;
const MAY_CONTAIN: i64 = 56;

/// Without a minhash, intersections of no more than so many sketches beside the bin's are estimated.
const MAX_OTHERS: usize = 2;

pub(super) fn answer(
    verb: i64,
    sketch: &Sketch,
    arguments: &mut Arguments<'_>,
) -> Result<Answer, Code> {
    match verb {
        COUNT => {
            arguments.end()?;
            Ok(integer(estimate::known(sketch)))
        }
        DESCRIBE => {
            arguments.end()?;
            Ok(described(sketch.shape))
        }
        MAY_CONTAIN => {
            let values = call::values(arguments)?;
            arguments.end()?;
            let contains = values.iter().all(|value| sketch.may_contain(value));
            Ok(integer(i64::from(contains)))
        }
        UNION | UNION_COUNT | INTERSECT_COUNT | SIMILARITY => {
            let others = call::sketches(arguments)?;
            arguments.end()?;
            of_several(verb, sketch, &others)
        }
        _ => Err(INVALID),
    }
}

fn described(shape: Shape) -> Answer {
    let mut data = Vec::new();
    let mut writer = Writer::new(&mut data);
    writer.list(2);
    writer.integer(i64::from(shape.index_bits));
    writer.integer(i64::from(shape.minhash_bits));
    Answer {
        particle: particle::LIST,
        data,
    }
}

fn of_several(verb: i64, sketch: &Sketch, others: &[Sketch]) -> Result<Answer, Code> {
    let all: Vec<&Sketch> = std::iter::once(sketch).chain(others).collect();
    let union = Sketch::union(&all);
    if verb == UNION {
        return Ok(Answer {
            particle: particle::HLL,
            data: union.pack(),
        });
    }
    if verb == UNION_COUNT {
        return Ok(integer(estimate::count(&union)));
    }
    if union.shape.minhash_bits == 0 && others.len() > MAX_OTHERS {
        // Others that have a minhash in common would do, were it not for the bin's sketch.
        let minhash_bits = others[0].shape.minhash_bits;
        let alike = |other: &Sketch| other.shape.minhash_bits == minhash_bits;
        return Err(if minhash_bits > 0 && others.iter().all(alike) {
            NOT_APPLICABLE
        } else {
            INVALID
        });
    }
    let common = estimate::common(&all);
    Ok(if verb == INTERSECT_COUNT {
        integer(common.count)
    } else {
        Answer {
            particle: particle::FLOAT,
            data: common.share.to_be_bytes().to_vec(),
        }
    })
}
