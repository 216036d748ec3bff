//! An in-memory server that speaks Aerospike's wire protocol, for tests and demos.
//!
//! It is not a product database: it stores nothing on disk, has no security, and listens on the loopback interface
//! unless told otherwise. What it answers is what a Community Edition server was observed to answer.

pub mod abi;
mod admin;
mod arguments;
mod batch;
mod bits;
mod calls;
mod clock;
mod cluster;
mod collection;
mod command;
mod config;
mod connection;
mod container;
mod expression;
mod fault;
mod geojson;
mod hll;
mod info;
mod journal;
mod listener;
mod load;
mod namespace;
mod operate;
mod particle;
mod partitions;
mod read;
mod record;
mod reply;
mod scalar;
mod server;
mod slices;
mod statistics;
mod topology;
mod udf;
mod write;

pub use config::Config;
pub use fault::Fault;
pub use journal::Entry;
pub use load::{LoadError, Loaded, LoadedKey};
pub use server::{Move, NodeStatus, Server};
