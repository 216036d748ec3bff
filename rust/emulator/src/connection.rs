//! One client's connection: reads frames, answers them in order, and misbehaves when told to.

use crate::batch::Batch;
use crate::cluster::{Cluster, Node};
use crate::command::wire;
use crate::fault::Fault;
use crate::statistics::count;
use crate::{admin, command, info, reply};
use aerospike_wire::proto::{self, Proto};
use aerospike_wire::request::Request;
use aerospike_wire::result_code::code;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

const INITIAL_LEN: usize = 16 * 1024;
/// Answers to pipelined requests are written together up to here.
const WRITE_LEN: usize = 64 * 1024;
/// A buffer that grew past this is let go once it is empty.
const KEEP_LEN: usize = 1024 * 1024;

/// Serves a connection until the client, a fault or a protocol error ends it.
pub(crate) async fn serve(
    mut stream: TcpStream,
    mut drops: watch::Receiver<u64>,
    cluster: &Cluster,
    node: &Node,
) {
    // Answers are written whole, so waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    tokio::select! {
        // What comes after the drop is not answered, also where this task learns of both at once.
        biased;
        _ = drops.changed() => {}
        _ = run(&mut stream, cluster, node) => {}
    }
}

async fn run(stream: &mut TcpStream, cluster: &Cluster, node: &Node) -> io::Result<()> {
    let mut input = Vec::with_capacity(INITIAL_LEN);
    let mut out = Vec::new();
    // Answers come in the order of their requests: after one that is left out there is none.
    let mut is_silent = false;
    loop {
        let mut start = 0;
        while let Some((kind, end)) = next_frame(&mut input, start)? {
            let body = &input[start + proto::HEADER_LEN..end];
            let mut fault = node.faults.take(kind == proto::INFO);
            fault.silence |= is_silent;
            is_silent = fault.silence;
            if fault == Fault::default() {
                answer(stream, cluster, node, kind, body, &mut out).await?;
                if out.len() > WRITE_LEN {
                    flush(stream, &mut out).await?;
                }
            } else {
                answer_badly(stream, cluster, node, kind, body, &mut out, fault).await?;
            }
            start = end;
        }
        flush(stream, &mut out).await?;
        input.drain(..start);
        if input.is_empty() && input.capacity() > KEEP_LEN {
            input = Vec::with_capacity(INITIAL_LEN);
        }
        if stream.read_buf(&mut input).await? == 0 {
            return Ok(());
        }
    }
}

/// Kind and end of the frame at `start` once all of it was read. Otherwise makes room for the rest of it.
fn next_frame(input: &mut Vec<u8>, start: usize) -> io::Result<Option<(u8, usize)>> {
    let rest = &input[start..];
    if rest.len() < proto::HEADER_LEN {
        input.reserve(INITIAL_LEN);
        return Ok(None);
    }
    let header = Proto::parse(rest).map_err(io::Error::other)?;
    let len = proto::HEADER_LEN + header.len;
    if rest.len() >= len {
        return Ok(Some((header.kind, start + len)));
    }
    // Room grows with what arrives: a header alone must not reserve 128 MiB.
    let missing = len - rest.len();
    input.reserve(missing.min(KEEP_LEN));
    Ok(None)
}

/// Appends the answer to a frame. Of a batch, the last frame only: those before it are written to the stream.
async fn answer(
    stream: &mut TcpStream,
    cluster: &Cluster,
    node: &Node,
    kind: u8,
    body: &[u8],
    out: &mut Vec<u8>,
) -> io::Result<()> {
    match kind {
        proto::INFO => {
            let start = reply::begin(out);
            let local = stream.local_addr().unwrap_or(node.address);
            info::answer(cluster, node, local, body, out);
            reply::end(out, start, proto::INFO);
        }
        proto::ADMIN => admin::answer(out),
        proto::COMPRESSED => reply::code(out, wire(code::ENTERPRISE_ONLY)),
        proto::MESSAGE => match Request::parse(body) {
            Err(_) => reply::code(out, wire(code::REQUEST_INVALID)),
            Ok(request) => match request.fields.batch {
                None => {
                    count(&node.counters.commands);
                    command::answer(cluster, node, &request, out);
                }
                Some(data) => match Batch::start(cluster, node, &request, data) {
                    Err(result) => reply::last(out, result),
                    Ok(mut batch) => {
                        while batch.step(cluster, node, out) {
                            flush(stream, out).await?;
                        }
                    }
                },
            },
        },
        _ => return Err(io::Error::other("unknown message type")),
    }
    Ok(())
}

/// Answers with a fault, apart from the answers before it.
async fn answer_badly(
    stream: &mut TcpStream,
    cluster: &Cluster,
    node: &Node,
    kind: u8,
    body: &[u8],
    out: &mut Vec<u8>,
    fault: Fault,
) -> io::Result<()> {
    flush(stream, out).await?;
    if fault.silence {
        if let (proto::MESSAGE, Ok(request)) = (kind, Request::parse(body)) {
            // It arrived, and a test may want to see that.
            count(&node.counters.commands);
            command::note(cluster, node, &request);
        }
        return Ok(());
    }
    tokio::time::sleep(fault.delay).await;
    match (fault.code, Request::parse(body)) {
        (1.., Ok(request)) if kind == proto::MESSAGE => {
            count(&node.counters.commands);
            command::note(cluster, node, &request);
            match request.fields.batch {
                None => reply::code(out, fault.code),
                Some(_) => reply::last(out, fault.code),
            }
        }
        _ => answer(stream, cluster, node, kind, body, out).await?,
    }
    if fault.truncate > 0 {
        out.truncate(out.len() / 2);
        flush(stream, out).await?;
        return Err(io::Error::other("the answer was to be truncated"));
    }
    flush(stream, out).await
}

async fn flush(stream: &mut TcpStream, out: &mut Vec<u8>) -> io::Result<()> {
    if !out.is_empty() {
        stream.write_all(out).await?;
        out.clear();
        if out.capacity() > KEEP_LEN {
            *out = Vec::new();
        }
    }
    Ok(())
}
