//! The C ABI of aerospike-ts over `aerospike-core`: encoded commands go in through `submit`, completions come out of a
//! queue that rings when it has something. `docs/abi.md` is the contract; [`api`] is its index.

pub mod api;
mod clock;
mod cluster;
mod columns;
mod command;
mod completion;
mod config;
mod counter;
mod direct;
mod doorbell;
mod driver;
mod error;
mod frame;
mod handle;
mod key;
mod limiter;
mod logger;
mod names;
mod operation;
mod part;
mod particle;
mod pointer;
mod policy;
mod presence;
mod queue;
mod record;
mod runtime;
mod seed;
mod share;
mod thread;
mod ticket;
mod tls;
mod user;
