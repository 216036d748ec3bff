//! Values as an answer carries them.

use crate::container::{self, Value};
use aerospike_wire::particle;

/// The value of an answered operation, as a particle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) particle: u8,
    pub(crate) data: Vec<u8>,
}

impl Answer {
    /// No value.
    pub(crate) fn nothing() -> Self {
        Self {
            particle: particle::NULL,
            data: Vec::new(),
        }
    }

    pub(super) fn of(value: &Value<'_>) -> Self {
        let (particle, data) = match value {
            Value::Boolean(value) => (particle::BOOL, vec![u8::from(*value)]),
            Value::Integer(value) => (particle::INTEGER, value.to_be_bytes().to_vec()),
            Value::Unsigned(value) => (particle::INTEGER, value.to_be_bytes().to_vec()),
            Value::Float(value) => (particle::FLOAT, value.to_be_bytes().to_vec()),
            Value::Single(value) => (particle::FLOAT, f64::from(*value).to_be_bytes().to_vec()),
            // Alone it has a header: no flags and no cells.
            Value::Particle(kind @ particle::GEOJSON, data)
            | Value::Binary(kind @ particle::GEOJSON, data) => (*kind, [&[0; 3], *data].concat()),
            Value::Particle(kind, data) | Value::Binary(kind, data) => (*kind, data.to_vec()),
            Value::List { .. } => (particle::LIST, container::encode(value)),
            Value::Map { .. } => (particle::MAP, container::encode(value)),
            Value::Nil | Value::Infinity | Value::Wildcard => return Self::nothing(),
        };
        Self { particle, data }
    }
}
