use aerospike_wire::digest::PARTITIONS;

/// The most nodes of a cluster.
pub(crate) const MAX_NODES: usize = 16;

/// A set of nodes, one bit each.
pub(crate) type NodeSet = u16;

/// The set of one node.
pub(crate) const fn only(node: usize) -> NodeSet {
    1 << node
}

/// The set of the first `count` nodes.
pub(crate) const fn first(count: usize) -> NodeSet {
    ((1_u32 << count) - 1) as NodeSet
}

/// The numbers of a set's nodes, in order.
pub(crate) fn numbers(nodes: NodeSet) -> impl Iterator<Item = usize> {
    (0..MAX_NODES).filter(move |node| nodes & only(*node) != 0)
}

/// One partition of a namespace.
#[derive(Clone, Debug, Default)]
struct Partition {
    /// The master, then the replicas. Only nodes that are up.
    owners: Vec<u8>,
    /// Who has the records: its owners, or its last ones where all of them went away.
    copies: NodeSet,
    /// Whether a node that is up has the records.
    available: bool,
}

impl Partition {
    /// Gives it to `owners`. Its records go along at once, where there is one to have them from.
    fn assign(&mut self, owners: Vec<u8>, up: NodeSet) {
        self.available = self.copies & up != 0;
        if self.available {
            self.copies = owners
                .iter()
                .fold(0, |set, owner| set | only(usize::from(*owner)));
        }
        self.owners = owners;
    }
}

/// Which nodes own the partitions of one namespace.
#[derive(Debug)]
pub(crate) struct Partitions {
    /// The namespace's number: each has an order of its own, so that none can be taken for another.
    space: usize,
    /// Copies of each partition, as far as there are nodes.
    factor: usize,
    all: Vec<Partition>,
}

impl Partitions {
    pub(crate) fn new(space: usize, factor: usize, up: NodeSet) -> Self {
        let empty = Partition {
            copies: up,
            ..Partition::default()
        };
        let mut partitions = Self {
            space,
            factor,
            all: vec![empty; PARTITIONS],
        };
        partitions.rebalance(up);
        partitions
    }

    /// Gives every partition to the first nodes of its own order that are up, as a cluster does when a node comes or goes.
    pub(crate) fn rebalance(&mut self, up: NodeSet) {
        let mut order: Vec<u8> = numbers(up).map(|node| node as u8).collect();
        let copies = self.copies(up);
        for (number, partition) in self.all.iter_mut().enumerate() {
            order.sort_by_key(|node| rank(self.space, number, *node));
            partition.assign(order[..copies].to_vec(), up);
        }
    }

    /// Makes a node the master: the one that is given, else the next one after the master. True when the master changed.
    pub(crate) fn move_master(&mut self, number: usize, to: Option<usize>, up: NodeSet) -> bool {
        let copies = self.copies(up);
        let partition = &mut self.all[number];
        let Some(master) = partition.owners.first().copied() else {
            return false;
        };
        let to = to.or_else(|| {
            let master = usize::from(master);
            let after = numbers(up).find(|node| *node > master);
            after.or_else(|| numbers(up).next())
        });
        let Some(to) = to.map(|node| node as u8).filter(|to| *to != master) else {
            return false;
        };
        let mut owners = partition.owners.clone();
        owners.retain(|owner| *owner != to);
        owners.insert(0, to);
        owners.truncate(copies);
        partition.assign(owners, up);
        true
    }

    /// How many copies there are of each partition.
    pub(crate) fn copies(&self, up: NodeSet) -> usize {
        self.factor.min(up.count_ones() as usize)
    }

    pub(crate) fn is_available(&self, number: usize) -> bool {
        self.all[number].available
    }

    pub(crate) fn is_master(&self, number: usize, node: usize) -> bool {
        self.all[number].owners.first() == Some(&(node as u8))
    }

    pub(crate) fn is_owner(&self, number: usize, node: usize) -> bool {
        self.all[number].owners.contains(&(node as u8))
    }

    /// Whether the node has the records, also where it is away.
    pub(crate) fn has_copy(&self, number: usize, node: usize) -> bool {
        self.all[number].copies & only(node) != 0
    }

    /// How many partitions no node that is up has the records of.
    pub(crate) fn unavailable(&self) -> usize {
        self.all
            .iter()
            .filter(|partition| !partition.available)
            .count()
    }

    /// The partitions whose owner in a place (0 is the master's) is the node, the first one in the highest bit.
    pub(crate) fn bitmap(&self, node: usize, place: usize) -> [u8; PARTITIONS / 8] {
        let mut bitmap = [0; PARTITIONS / 8];
        for (number, partition) in self.all.iter().enumerate() {
            if partition.owners.get(place) == Some(&(node as u8)) {
                bitmap[number / 8] |= 0x80 >> (number % 8);
            }
        }
        bitmap
    }
}

/// A node's rank in a partition's order. It does not depend on the other nodes, so that a node that comes or goes takes
/// only partitions of its own along; nor on names or ports, so that every run has the same map.
fn rank(space: usize, partition: usize, node: u8) -> u64 {
    // The mixer of splitmix64.
    let mut state = (space as u64) << 40 | (partition as u64) << 8 | u64::from(node);
    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: NodeSet = first(3);

    fn owners(partitions: &Partitions) -> Vec<Vec<u8>> {
        partitions
            .all
            .iter()
            .map(|partition| partition.owners.clone())
            .collect()
    }

    fn masters(partitions: &Partitions, node: usize) -> usize {
        partitions
            .bitmap(node, 0)
            .iter()
            .map(|byte| byte.count_ones() as usize)
            .sum()
    }

    #[test]
    fn every_partition_has_one_master_and_other_nodes_as_replicas() {
        for factor in 1..=4 {
            let partitions = Partitions::new(0, factor, ALL);
            for owners in owners(&partitions) {
                assert_eq!(owners.len(), factor.min(3));
                let distinct: std::collections::HashSet<_> = owners.iter().collect();
                assert_eq!(distinct.len(), owners.len());
            }
            for place in 0..factor.min(3) {
                let mut seen = [0; PARTITIONS / 8];
                for node in 0..3 {
                    for (seen, byte) in seen.iter_mut().zip(partitions.bitmap(node, place)) {
                        assert_eq!(*seen & byte, 0, "two nodes own a partition");
                        *seen |= byte;
                    }
                }
                assert_eq!(seen, [0xff; PARTITIONS / 8]);
            }
            for node in 0..3 {
                assert!((1200..1550).contains(&masters(&partitions, node)));
            }
        }
    }

    #[test]
    fn namespaces_have_maps_of_their_own_and_runs_the_same() {
        let [a, b] = [0, 1].map(|space| owners(&Partitions::new(space, 2, ALL)));
        assert_ne!(a, b);
        assert_eq!(a, owners(&Partitions::new(0, 2, ALL)));
    }

    #[test]
    fn a_node_that_goes_takes_its_own_partitions_along_only() {
        let mut partitions = Partitions::new(0, 2, ALL);
        let before = owners(&partitions);
        partitions.rebalance(ALL & !only(1));
        for (before, after) in before.iter().zip(owners(&partitions)) {
            assert!(!after.contains(&1) && after.len() == 2);
            if before[0] != 1 {
                assert_eq!(after[0], before[0]);
            }
        }
        assert_eq!(partitions.unavailable(), 0);
        partitions.rebalance(ALL);
        assert_eq!(owners(&partitions), before);
    }

    #[test]
    fn with_one_copy_its_partitions_are_unavailable_until_it_is_back() {
        let mut partitions = Partitions::new(0, 1, ALL);
        let lost: Vec<_> = (0..PARTITIONS)
            .filter(|number| partitions.is_master(*number, 2))
            .collect();
        partitions.rebalance(first(2));
        for number in 0..PARTITIONS {
            assert_eq!(partitions.is_available(number), !lost.contains(&number));
            assert!(partitions.is_master(number, 0) || partitions.is_master(number, 1));
        }
        assert_eq!(partitions.unavailable(), lost.len());
        // Another node's coming and going changes nothing about it.
        partitions.rebalance(only(1));
        partitions.rebalance(first(2));
        assert_eq!(partitions.unavailable(), lost.len());
        partitions.move_master(lost[0], None, first(2));
        assert!(!partitions.is_available(lost[0]));
        partitions.rebalance(ALL);
        assert_eq!(partitions.unavailable(), 0);
    }

    #[test]
    fn the_last_node_has_everything_and_keeps_it_when_it_goes() {
        let mut partitions = Partitions::new(0, 2, ALL);
        partitions.rebalance(first(2));
        partitions.rebalance(first(1));
        assert_eq!(partitions.unavailable(), 0);
        partitions.rebalance(0);
        assert_eq!(partitions.unavailable(), PARTITIONS);
        partitions.rebalance(only(2));
        assert_eq!(partitions.unavailable(), PARTITIONS);
        partitions.rebalance(only(0) | only(2));
        assert_eq!(partitions.unavailable(), 0);
    }

    #[test]
    fn a_moved_partition_has_the_old_master_as_its_replica() {
        let mut partitions = Partitions::new(0, 2, ALL);
        for number in 0..PARTITIONS {
            let before = partitions.all[number].owners.clone();
            assert!(partitions.move_master(number, None, ALL));
            let after = &partitions.all[number].owners;
            assert_eq!(after[0], (before[0] + 1) % 3);
            assert_eq!(after[1], before[0]);
            assert!(partitions.has_copy(number, usize::from(after[0])));
        }
        assert!(!partitions.move_master(0, Some(usize::from(partitions.all[0].owners[0])), ALL));
        assert!(!Partitions::new(0, 1, first(1)).move_master(0, None, first(1)));
    }
}
