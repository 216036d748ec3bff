//! Batches: rows are answered as they are read, in frames of bounded size.

use crate::cluster::{Cluster, Node};
use crate::command::{Code, Command, wire};
use crate::expression::Expression;
use crate::journal::{Entry, info_bits};
use crate::namespace::Namespace;
use crate::reply;
use crate::statistics::count;
use aerospike_wire::batch::{RESPOND_ALL_KEYS, ROW_ERRORS, Row, Rows};
use aerospike_wire::proto;
use aerospike_wire::request::Request;
use aerospike_wire::result_code::code;
use std::sync::atomic::Ordering;

/// A frame is sent once it has grown past this.
const FRAME_LEN: usize = 128 * 1024;

/// A batch that is being answered.
pub(crate) struct Batch<'a> {
    rows: Rows<'a>,
    /// The filter of rows that have none of their own.
    filter: Option<Expression<'a>>,
    /// The namespace of the last row and the number of its attributes.
    namespace: Option<(u32, &'a Namespace)>,
    now_ms: u64,
    /// The last code that failed the batch, for the end marker.
    failed: Code,
    /// The batch's number in the journal, when that is on.
    journalled: Option<u64>,
}

impl<'a> Batch<'a> {
    /// Starts on the batch field of a request.
    pub(crate) fn start(
        cluster: &Cluster,
        node: &Node,
        request: &Request<'a>,
        data: &'a [u8],
    ) -> Result<Self, Code> {
        count(&node.counters.batches);
        let rows = Rows::parse(data, &request.header).map_err(|_| wire(code::REQUEST_INVALID))?;
        check(cluster, rows.clone())?;
        let filter = request.fields.filter.map(Expression::filter).transpose()?;
        let journalled = (cluster.journal.is_on()).then(|| cluster.journal.next_batch());
        if let Some(number) = journalled {
            let entry = entry(node, request, number, rows.len());
            cluster.journal.push(entry);
        }
        node.counters
            .rows
            .fetch_add(u64::from(rows.len()), Ordering::Relaxed);
        let now_ms = cluster.clock.now_ms();
        Ok(Self {
            rows,
            filter,
            namespace: None,
            now_ms,
            failed: 0,
            journalled,
        })
    }

    /// Appends the next frame, and the end marker behind the last one. Returns whether more is to come.
    pub(crate) fn step(&mut self, cluster: &'a Cluster, node: &Node, out: &mut Vec<u8>) -> bool {
        let start = reply::begin(out);
        let is_over = loop {
            if out.len() - start > FRAME_LEN {
                break false;
            }
            let Some(Ok(row)) = self.rows.next() else {
                break true;
            };
            self.answer(cluster, node, &row, out);
            if self.is_silent() {
                // As on a server, rows that were not sent yet are dropped; the ones to come are run all the same.
                out.truncate(start + proto::HEADER_LEN);
            }
        };
        if out.len() == start + proto::HEADER_LEN {
            out.truncate(start);
        } else {
            reply::end(out, start, proto::MESSAGE);
        }
        if is_over {
            reply::last(out, self.failed);
        }
        !is_over
    }

    /// Runs a row and appends its answer.
    fn answer(&mut self, cluster: &'a Cluster, node: &Node, row: &Row<'a>, out: &mut Vec<u8>) {
        let number = row.attributes.number;
        if self.namespace.is_none_or(|(last, _)| last != number) {
            // Every namespace was looked up before, so this finds it.
            let namespace = cluster.namespace(row.attributes.fields.namespace.unwrap_or_default());
            self.namespace = namespace.map(|namespace| (number, namespace));
        }
        let Some((_, namespace)) = self.namespace else {
            return;
        };
        let mut command = Command::of_row(&row.attributes, row.digest, row.index, self.now_ms);
        command.batch_filter = self.filter.as_ref();
        let route = command.route(cluster, node, namespace);
        if let Some(number) = self.journalled {
            let entry = command.entry(number, node, Some(route));
            cluster.journal.push(entry);
        }
        let result = command.run_on(route, (cluster, node), namespace, out);
        if self.rows.flags & RESPOND_ALL_KEYS == 0 && !is_answer(result) {
            self.failed = result;
        }
    }

    /// True once a row failed a batch that does not want to know about each of them.
    fn is_silent(&self) -> bool {
        self.failed != 0 && self.rows.flags & ROW_ERRORS == 0
    }
}

/// A batch with a malformed row, or one of an unknown namespace, is refused as a whole.
fn check(cluster: &Cluster, mut rows: Rows<'_>) -> Result<(), Code> {
    let mut checked = None;
    let is_bad = rows.is_empty()
        || rows.any(|row| {
            let Ok(row) = row else {
                return true;
            };
            let attributes = row.attributes;
            let is_known = checked == Some(attributes.number)
                || cluster
                    .namespace(attributes.fields.namespace.unwrap_or_default())
                    .is_some();
            checked = Some(attributes.number);
            !is_known
        });
    if is_bad {
        Err(wire(code::REQUEST_INVALID))
    } else {
        Ok(())
    }
}

/// Misses are answers; every other code fails a batch unless all keys are to be answered.
fn is_answer(result: Code) -> bool {
    matches!(
        i32::from(result),
        code::OK | code::RECORD_NOT_FOUND | code::FILTERED_OUT
    )
}

/// Keeps a batch that is not run in the journal.
pub(crate) fn note(cluster: &Cluster, node: &Node, request: &Request<'_>, data: &[u8]) {
    let rows = Rows::parse(data, &request.header).map_or(0, |rows| rows.len());
    let entry = entry(node, request, cluster.journal.next_batch(), rows);
    cluster.journal.push(entry);
}

fn entry(node: &Node, request: &Request<'_>, number: u64, rows: u32) -> Entry {
    Entry {
        kind: "batch",
        namespace: String::new(),
        set: String::new(),
        digest: String::new(),
        info: info_bits(&request.header),
        bins: Vec::new(),
        generation: 0,
        ttl: 0,
        batch: number,
        rows,
        node: node.number,
        proxied: false,
    }
}
