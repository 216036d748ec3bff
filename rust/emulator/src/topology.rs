use crate::partitions::{NodeSet, Partitions, first, only};

/// What a node says of how often its view changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generations {
    /// Of the other nodes.
    pub(crate) peers: u32,
    /// Of the partitions.
    pub(crate) partitions: u32,
}

/// Which nodes are up and who owns the partitions: one moment's view, which a change replaces as a whole.
#[derive(Debug)]
pub(crate) struct Topology {
    up: NodeSet,
    /// Names each composition of the cluster anew.
    key: u64,
    generations: Vec<Generations>,
    /// By namespace.
    spaces: Vec<Partitions>,
}

const FIRST_KEY: u64 = 0xE700_0000_0001;

impl Topology {
    pub(crate) fn new(nodes: usize, namespaces: usize, factor: usize) -> Self {
        let up = first(nodes);
        Self {
            up,
            key: FIRST_KEY,
            generations: vec![Self::started(nodes); nodes],
            spaces: (0..namespaces)
                .map(|space| Partitions::new(space, factor, up))
                .collect(),
        }
    }

    /// A node that has just come up has seen one change where there are others.
    fn started(nodes: usize) -> Generations {
        let count = u32::from(nodes > 1);
        Generations {
            peers: count,
            partitions: count,
        }
    }

    pub(crate) fn up(&self) -> NodeSet {
        self.up
    }

    pub(crate) fn is_up(&self, node: usize) -> bool {
        self.up & only(node) != 0
    }

    pub(crate) fn key(&self) -> u64 {
        self.key
    }

    /// How often the cluster was composed.
    pub(crate) fn changes(&self) -> u64 {
        self.key - FIRST_KEY + 1
    }

    pub(crate) fn generations(&self, node: usize) -> Generations {
        self.generations[node]
    }

    pub(crate) fn space(&self, namespace: usize) -> &Partitions {
        &self.spaces[namespace]
    }

    /// Lets a node come or go: the partitions get their natural owners.
    pub(crate) fn set_up(&mut self, node: usize, is_up: bool) {
        if self.is_up(node) == is_up {
            return;
        }
        self.up ^= only(node);
        self.key += 1;
        for generations in &mut self.generations {
            generations.peers += 1;
            generations.partitions += 1;
        }
        if is_up {
            // A server counts from anew when it is started.
            self.generations[node] = Self::started(self.generations.len());
        }
        for space in &mut self.spaces {
            space.rebalance(self.up);
        }
    }

    /// Moves the masters of some of a namespace's partitions and says of how many.
    pub(crate) fn move_masters(
        &mut self,
        namespace: usize,
        partitions: impl Iterator<Item = usize>,
        to: Option<usize>,
    ) -> usize {
        let space = &mut self.spaces[namespace];
        let moved = partitions
            .filter(|number| space.move_master(*number, to, self.up))
            .count();
        if moved > 0 {
            for generations in &mut self.generations {
                generations.partitions += 1;
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aerospike_wire::digest::PARTITIONS;

    #[test]
    fn one_node_says_what_a_single_server_says() {
        let topology = Topology::new(1, 2, 2);
        let Generations { peers, partitions } = topology.generations(0);
        assert_eq!((peers, partitions), (0, 0));
        assert_eq!(topology.space(0).copies(topology.up()), 1);
        assert_eq!(topology.space(1).bitmap(0, 0), [0xff; PARTITIONS / 8]);
    }

    #[test]
    fn generations_grow_with_changes_and_begin_anew_with_the_node() {
        let mut topology = Topology::new(3, 1, 2);
        let partitions =
            |topology: &Topology| [0, 1, 2].map(|n| topology.generations(n).partitions);
        let peers = |topology: &Topology| [0, 1, 2].map(|n| topology.generations(n).peers);
        assert_eq!(partitions(&topology), [1, 1, 1]);
        let key = topology.key();
        topology.set_up(1, false);
        topology.set_up(1, false);
        assert_eq!((partitions(&topology)[0], peers(&topology)[0]), (2, 2));
        topology.set_up(1, true);
        assert_eq!(
            (partitions(&topology), peers(&topology)),
            ([3, 1, 3], [3, 1, 3])
        );
        assert_eq!(topology.key(), key + 2);
        assert!(topology.move_masters(0, 0..PARTITIONS, None) == PARTITIONS);
        assert_eq!(
            (partitions(&topology), peers(&topology)),
            ([4, 2, 4], [3, 1, 3])
        );
        let master = (0..3).find(|node| topology.space(0).is_master(7, *node));
        assert_eq!(topology.move_masters(0, 7..8, master), 0);
        assert_eq!(partitions(&topology), [4, 2, 4]);
    }
}
