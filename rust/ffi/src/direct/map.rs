//! Which node owns a partition.

use std::collections::HashMap;
use std::sync::Arc;

use aerospike_wire::Digest;
use aerospike_wire::digest::{PARTITIONS, partition};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::node::Node;

/// No node.
const NONE: u16 = u16::MAX;

/// The masters of one node, by namespace, as its answer to `replicas` says. Namespaces with strong consistency, which
/// have a regime, are left out: their reads are core's.
pub(super) type Masters = HashMap<Box<str>, Vec<u8>>;

/// Reads `namespace:regime,replicas,bitmap of masters,..;..`. What does not follow that form is left out.
pub(super) fn masters(answer: &str) -> Masters {
    let mut masters = Masters::new();
    for part in answer.trim().split(';') {
        let Some((namespace, rest)) = part.split_once(':') else {
            continue;
        };
        let mut sections = rest.split(',');
        let (regime, replicas, bitmap) = (sections.next(), sections.next(), sections.next());
        if regime != Some("0") || replicas.is_none() {
            continue;
        }
        if let Some(Ok(bitmap)) = bitmap.map(|text| STANDARD.decode(text))
            && bitmap.len() == PARTITIONS / 8
        {
            masters.insert(namespace.into(), bitmap);
        }
    }
    masters
}

/// The masters of every partition, one moment's view.
pub(super) struct Map {
    pub(super) nodes: Vec<Arc<Node>>,
    spaces: HashMap<Box<str>, Box<[u16; PARTITIONS]>>,
}

impl Map {
    pub(super) fn new(of_nodes: Vec<(Arc<Node>, &Masters)>) -> Self {
        let mut map = Self {
            nodes: Vec::with_capacity(of_nodes.len()),
            spaces: HashMap::new(),
        };
        for (node, masters) in of_nodes {
            let number = map.nodes.len() as u16;
            map.nodes.push(node);
            for (namespace, bitmap) in masters {
                let space = map
                    .spaces
                    .entry(namespace.clone())
                    .or_insert_with(|| Box::new([NONE; PARTITIONS]));
                for (at, master) in space.iter_mut().enumerate() {
                    if bitmap[at / 8] & (0x80 >> (at % 8)) != 0 {
                        *master = number;
                    }
                }
            }
        }
        map
    }

    /// The masters of a namespace.
    pub(super) fn space(&self, namespace: &str) -> Option<&[u16; PARTITIONS]> {
        self.spaces.get(namespace).map(|space| &**space)
    }

    pub(super) fn node(&self, namespace: &str, digest: &Digest) -> Option<&Arc<Node>> {
        let master = self.space(namespace)?[partition(digest)];
        self.nodes.get(usize::from(master))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_what_is_odd_is_left_out() {
        let all = STANDARD.encode([0xff; PARTITIONS / 8]);
        let none = STANDARD.encode([0; PARTITIONS / 8]);
        let read = masters(&format!(
            "test:0,2,{all},{none};sc:7,1,{all};short:0,1,AAAA;odd;x:0,1"
        ));
        assert_eq!(read.len(), 1);
        assert_eq!(read["test"], [0xff; PARTITIONS / 8]);
        assert!(masters("").is_empty() && masters("ERROR:4:unrecognized command").is_empty());
    }
}
