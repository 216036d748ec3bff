use aerospike_wire::operation::{self, Operation, Operations};

/// A stored record. Its bins are kept as the operations of an answer, so that reading all of them is one copy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) generation: u16,
    /// Seconds since the epoch of void times, 0 for never.
    pub(crate) void_time: u32,
    /// Milliseconds since the epoch of void times.
    pub(crate) updated_ms: u64,
    /// Index into the namespace's table of sets.
    pub(crate) set: u16,
    pub(crate) bin_count: u16,
    pub(crate) bins: Box<[u8]>,
    /// User key with its particle type in front, when a client sent one.
    pub(crate) key: Option<Box<[u8]>>,
}

impl Record {
    pub(crate) fn is_expired(&self, now_ms: u64) -> bool {
        self.void_time != 0 && now_ms / 1000 > u64::from(self.void_time)
    }

    /// The bins; the encoding is the emulator's own, so it always parses.
    pub(crate) fn bins(&self) -> impl Iterator<Item = Operation<'_>> {
        Operations::new(&self.bins, self.bin_count).map_while(Result::ok)
    }

    pub(crate) fn bin(&self, name: &[u8]) -> Option<Operation<'_>> {
        self.bins().find(|bin| bin.name == name)
    }

    /// Generations have 16 bits and skip 0.
    pub(crate) fn next_generation(&self) -> u16 {
        self.generation.checked_add(1).unwrap_or(1)
    }
}

/// A record's bins while a command changes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) bins: Vec<Bin>,
}

/// One bin of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Bin {
    pub(crate) name: Box<[u8]>,
    pub(crate) particle: u8,
    pub(crate) data: Vec<u8>,
}

impl Draft {
    pub(crate) fn of(record: &Record) -> Self {
        let bins = record
            .bins()
            .map(|bin| Bin {
                name: bin.name.into(),
                particle: bin.particle,
                data: bin.data.to_vec(),
            })
            .collect();
        Self { bins }
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<&Bin> {
        self.bins.iter().find(|bin| *bin.name == *name)
    }

    pub(crate) fn get_mut(&mut self, name: &[u8]) -> Option<&mut Bin> {
        self.bins.iter_mut().find(|bin| *bin.name == *name)
    }

    pub(crate) fn set(&mut self, name: &[u8], particle: u8, data: Vec<u8>) {
        match self.get_mut(name) {
            Some(bin) => (bin.particle, bin.data) = (particle, data),
            None => self.bins.push(Bin {
                name: name.into(),
                particle,
                data,
            }),
        }
    }

    /// Removes a bin, whose place the last one takes.
    pub(crate) fn remove(&mut self, name: &[u8]) {
        if let Some(place) = self.bins.iter().position(|bin| *bin.name == *name) {
            self.bins.swap_remove(place);
        }
    }

    /// The bins in the stored form.
    pub(crate) fn encode(&self) -> Box<[u8]> {
        let len = self
            .bins
            .iter()
            .map(|bin| operation::HEADER_LEN + bin.name.len() + bin.data.len())
            .sum();
        let mut out = Vec::with_capacity(len);
        for bin in &self.bins {
            Operation {
                op: operation::READ,
                particle: bin.particle,
                name: &bin.name,
                data: &bin.data,
            }
            .write(&mut out);
        }
        out.into_boxed_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_keep_the_order_of_bins_but_for_the_last_one() {
        let mut draft = Draft::default();
        draft.set(b"b", 3, b"x".to_vec());
        draft.set(b"a", 3, b"y".to_vec());
        draft.set(b"b", 3, b"z".to_vec());
        draft.set(b"c", 3, Vec::new());
        draft.set(b"d", 3, Vec::new());
        draft.remove(b"c");
        let record = Record {
            bin_count: 3,
            bins: draft.encode(),
            ..Record::default()
        };
        let bins: Vec<_> = record.bins().map(|bin| (bin.name, bin.data)).collect();
        assert_eq!(
            bins,
            [
                (&b"b"[..], &b"z"[..]),
                (&b"a"[..], &b"y"[..]),
                (&b"d"[..], &b""[..])
            ]
        );
    }

    #[test]
    fn generations_wrap_to_one() {
        assert_eq!(
            Record {
                generation: u16::MAX,
                ..Record::default()
            }
            .next_generation(),
            1
        );
    }

    #[test]
    fn a_record_lives_through_its_last_second() {
        let record = Record {
            void_time: 10,
            ..Record::default()
        };
        assert!(!record.is_expired(10_999));
        assert!(record.is_expired(11_000));
    }
}
