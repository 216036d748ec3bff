//! Commands on one record, sent alone or as rows of a batch.

use crate::cluster::{Cluster, Node, Route};
use crate::expression::Expression;
use crate::journal::{Entry, bin_names, hex, info_bits};
use crate::namespace::Namespace;
use crate::reply::{self, Message};
use crate::statistics::count;
use crate::udf::{self, Modules};
use crate::{batch, read, write};
use aerospike_wire::batch::Attributes;
use aerospike_wire::message::{Header, info1, info2, info3, info4};
use aerospike_wire::operation::Operations;
use aerospike_wire::request::{Fields, Request};
use aerospike_wire::result_code::code;
use aerospike_wire::{Digest, proto};

/// Longest name of a bin.
pub(crate) const MAX_BIN_NAME: usize = 15;

/// What is asked of one record.
#[derive(Clone, Copy)]
pub(crate) struct Command<'a> {
    pub(crate) header: Header,
    pub(crate) fields: Fields<'a>,
    pub(crate) operations: Operations<'a>,
    pub(crate) digest: Digest,
    /// What the answer repeats: a batch row's index, else 0.
    pub(crate) index: u32,
    /// Whether it is a row of a batch.
    pub(crate) is_row: bool,
    pub(crate) now_ms: u64,
    /// What a batch's record must fulfil when its row does not say.
    pub(crate) batch_filter: Option<&'a Expression<'a>>,
}

/// A result code of the wire, which has one byte.
pub(crate) type Code = u8;

/// Makes a code of the table one of the wire.
pub(crate) const fn wire(code: i32) -> Code {
    code as Code
}

impl<'a> Command<'a> {
    pub(crate) fn of_row(
        attributes: &Attributes<'a>,
        digest: Digest,
        index: u32,
        now_ms: u64,
    ) -> Self {
        let Attributes {
            header,
            fields,
            operations,
            ..
        } = *attributes;
        Self {
            header,
            fields,
            operations,
            digest,
            index,
            is_row: true,
            now_ms,
            batch_filter: None,
        }
    }

    /// How the node that was asked comes to the record.
    pub(crate) fn route(&self, cluster: &Cluster, node: &Node, namespace: &Namespace) -> Route {
        let is_write = self.header.info2 & info2::WRITE != 0 || self.fields.udf_package.is_some();
        cluster.route(node, namespace, &self.digest, is_write)
    }

    /// Runs the command on the node that was asked, as far as somebody has the record.
    pub(crate) fn run_on(
        &self,
        route: Route,
        (cluster, node): (&Cluster, &Node),
        namespace: &Namespace,
        out: &mut Vec<u8>,
    ) -> Code {
        match route {
            Route::Own => {}
            Route::Proxied => count(&node.counters.proxied),
            Route::Unavailable => return self.answer(wire(code::CLUSTER), out),
        }
        if let Some(code) = node.faults.take_command() {
            return self.answer(code, out);
        }
        self.run(namespace, &cluster.modules, out)
    }

    pub(crate) fn responds_to_all(&self) -> bool {
        self.header.info2 & info2::RESPOND_ALL_OPS != 0
    }

    /// Runs the command, appends its message and returns the code.
    fn run(&self, namespace: &Namespace, modules: &Modules, out: &mut Vec<u8>) -> Code {
        let header = &self.header;
        if self.needs_enterprise() {
            return self.answer(wire(code::ENTERPRISE_ONLY), out);
        }
        if self.fields.udf_package.is_some() {
            return udf::run(self, namespace, modules, out);
        }
        if header.info2 & info2::WRITE != 0 {
            write::run(self, namespace, out)
        } else if header.info1 & info1::READ != 0 {
            read::run(self, namespace, out)
        } else {
            self.answer(wire(code::REQUEST_INVALID), out)
        }
    }

    /// Appends a message with a code only.
    pub(crate) fn answer(&self, result: Code, out: &mut Vec<u8>) -> Code {
        let mut message = Message::begin(out, self.index);
        message.header.result = result;
        message.end(out);
        result
    }

    fn needs_enterprise(&self) -> bool {
        let Header {
            info2,
            info3,
            info4,
            ..
        } = self.header;
        let linearized =
            info3 & (info3::SC_READ_TYPE | info3::SC_READ_RELAX) == info3::SC_READ_TYPE;
        let durable_delete = info2 & (info2::DELETE | info2::DURABLE_DELETE)
            == info2::DELETE | info2::DURABLE_DELETE;
        let transaction = info4::TXN_VERIFY_READ | info4::TXN_ROLL_FORWARD | info4::TXN_ROLL_BACK;
        self.fields.txn.is_some() || info4 & transaction != 0 || linearized || durable_delete
    }

    /// What the journal keeps of the command.
    pub(crate) fn entry(&self, batch: u64, node: &Node, route: Option<Route>) -> Entry {
        let text =
            |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or_default()).into_owned();
        Entry {
            kind: self.kind(),
            namespace: text(self.fields.namespace),
            set: text(self.fields.set),
            digest: hex(&self.digest),
            info: info_bits(&self.header),
            bins: bin_names(self.operations),
            generation: self.header.generation,
            ttl: self.header.ttl,
            batch,
            rows: 0,
            node: node.number,
            proxied: route == Some(Route::Proxied),
        }
    }

    fn kind(&self) -> &'static str {
        let Header {
            info1,
            info2,
            operations,
            ..
        } = self.header;
        if self.fields.udf_package.is_some() {
            "apply"
        } else if info2 & info2::DELETE != 0 {
            "remove"
        } else if info2 & info2::WRITE != 0 {
            if info1 & info1::READ != 0 {
                "operate"
            } else {
                "write"
            }
        } else if info1 & info1::NO_BIN_DATA != 0 && operations == 0 {
            "exists"
        } else {
            "read"
        }
    }
}

/// Answers a message that is about one record or a query, but not a batch.
pub(crate) fn answer(cluster: &Cluster, node: &Node, request: &Request<'_>, out: &mut Vec<u8>) {
    let Request {
        header,
        fields,
        operations,
    } = *request;
    let namespace = fields.namespace.and_then(|name| cluster.namespace(name));
    let Some(namespace) = namespace else {
        return reply::code(out, wire(code::NAMESPACE_NOT_FOUND));
    };
    note(cluster, node, request);
    let Some(digest) = fields.digest else {
        // Queries too: a server that refuses one says so in a message that is not marked as the last.
        return reply::code(out, wire(code::UNSUPPORTED_FEATURE));
    };
    if operations.into_iter().any(|operation| operation.is_err()) {
        return reply::code(out, wire(code::REQUEST_INVALID));
    }
    let command = Command {
        header,
        fields,
        operations,
        digest,
        index: 0,
        is_row: false,
        now_ms: cluster.clock.now_ms(),
        batch_filter: None,
    };
    let start = reply::begin(out);
    let route = command.route(cluster, node, namespace);
    command.run_on(route, (cluster, node), namespace, out);
    reply::end(out, start, proto::MESSAGE);
}

/// Keeps a message in the journal, when that is on. Of a batch that is not run, its rows are not looked at.
pub(crate) fn note(cluster: &Cluster, node: &Node, request: &Request<'_>) {
    if !cluster.journal.is_on() {
        return;
    }
    if let Some(data) = request.fields.batch {
        return batch::note(cluster, node, request, data);
    }
    let Request {
        header,
        fields,
        operations,
    } = *request;
    let entry = match fields.digest {
        None => query_entry(node, request),
        Some(digest) => {
            let command = Command {
                header,
                fields,
                operations,
                digest,
                index: 0,
                is_row: false,
                now_ms: 0,
                batch_filter: None,
            };
            let namespace = fields.namespace.and_then(|name| cluster.namespace(name));
            let route = namespace.map(|namespace| command.route(cluster, node, namespace));
            command.entry(0, node, route)
        }
    };
    cluster.journal.push(entry);
}

fn query_entry(node: &Node, request: &Request<'_>) -> Entry {
    let text =
        |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or_default()).into_owned();
    Entry {
        kind: "query",
        namespace: text(request.fields.namespace),
        set: text(request.fields.set),
        digest: String::new(),
        info: info_bits(&request.header),
        bins: bin_names(request.operations),
        generation: request.header.generation,
        ttl: request.header.ttl,
        batch: 0,
        rows: 0,
        node: node.number,
        proxied: false,
    }
}
