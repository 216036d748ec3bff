//! In which order a server lists what was selected. It is part of what clients see, and differs by what was asked for.

use super::elements::{Elements, is_from_below};
use super::select::Selected;
use std::ops::Range;

/// What a server says to whether anything exists besides a selection. For most it looks whether the selection is empty, or
/// lets what is in two parts count for nothing.
pub(super) fn exists_besides(elements: Elements<'_, '_>, selected: &Selected) -> bool {
    let (len, is_map, is_ordered) = (elements.len(), elements.is_map(), elements.is_ordered);
    let is_plain_list = !is_map && !is_ordered;
    match selected {
        Selected::Indexes(range) if is_map && !is_ordered => {
            gaps(vec![range.clone()], len).len() == 1
        }
        Selected::Ranks(range) if is_map => gaps(vec![range.clone()], len).len() == 1,
        Selected::Ranks(range) if is_plain_list && len > 0 => range.is_empty(),
        Selected::KeyInterval(range) if !is_ordered => range.is_empty(),
        Selected::Values(range) if is_plain_list || is_map && len > 0 => range.is_empty(),
        _ => !Listing::inverted(elements, selected.clone())
            .picked
            .is_empty(),
    }
}

/// Runs of neighbouring indexes or ranks. A reversed run still ascends.
pub(super) type Runs = Vec<Range<usize>>;

/// The selected elements in the orders of the different return types.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// Indexes in the order of keys and values.
    pub(super) picked: Vec<usize>,
    pub(super) indexes: Runs,
    pub(super) ranks: Ranks,
}

/// Where ranks come from.
#[derive(Clone, Debug)]
pub(super) enum Ranks {
    Runs(Runs),
    /// The rank of each picked element.
    OfPicked,
    /// A server does not tell the ranks of a list of keys.
    Refused,
}

impl Listing {
    pub(super) fn new(elements: Elements<'_, '_>, selected: Selected) -> Self {
        if elements.is_ordered_list() {
            return Self::of_ordered_list(selected);
        }
        match selected {
            Selected::Indexes(range) if range.len() == elements.len() => Self::of_all(range),
            Selected::Indexes(range) => Self {
                picked: range.clone().collect(),
                indexes: vec![range],
                ranks: Ranks::OfPicked,
            },
            Selected::KeyInterval(range)
                if elements.is_ordered && range.len() == elements.len() =>
            {
                Self::of_all(range)
            }
            Selected::KeyInterval(range) => Self {
                picked: range.clone().collect(),
                indexes: vec![range],
                ranks: Ranks::OfPicked,
            },
            Selected::Ranks(range) => {
                let picked = elements.with_ranks(range.clone());
                let ranks = Ranks::Runs(vec![range.clone()]);
                if elements.is_map() {
                    let indexes = single_runs(&picked);
                    return Self {
                        picked,
                        indexes,
                        ranks,
                    };
                }
                let indexes = single_runs(&sorted(picked.clone()));
                let picked = if is_from_below(&range, elements.len()) {
                    picked.into_iter().rev().collect()
                } else {
                    picked
                };
                Self {
                    picked,
                    indexes,
                    ranks,
                }
            }
            Selected::Values(range) => {
                let picked = sorted(elements.by_rank()[range.clone()].to_vec());
                Self {
                    indexes: single_runs(&picked),
                    picked,
                    ranks: Ranks::Runs(vec![range]),
                }
            }
            // Only here does a map of one pair answer for every value that was given.
            Selected::ValueList(ranges) if elements.is_map() && elements.len() == 1 => {
                let found: Vec<usize> = ranges.into_iter().flatten().collect();
                Self {
                    indexes: single_runs(&found),
                    ranks: Ranks::Runs(single_runs(&found)),
                    picked: last_of_each(found.into_iter()),
                }
            }
            Selected::ValueList(ranges) => {
                let ranks = last_of_each(ranges.into_iter().flatten());
                let by_rank = elements.by_rank();
                let picked = sorted(ranks.iter().map(|rank| by_rank[*rank]).collect());
                Self {
                    indexes: single_runs(&picked),
                    picked,
                    ranks: Ranks::Runs(single_runs(&ranks)),
                }
            }
            Selected::KeyList(indexes) => {
                let distinct = last_of_each(indexes.iter().copied());
                Self {
                    indexes: single_runs(if elements.is_ordered {
                        &indexes
                    } else {
                        &distinct
                    }),
                    picked: sorted(distinct),
                    ranks: Ranks::Refused,
                }
            }
        }
    }

    /// Of all elements a server tells the ranks as if they were in order.
    fn of_all(all: Range<usize>) -> Self {
        Self {
            picked: all.clone().collect(),
            indexes: vec![all.clone()],
            ranks: Ranks::Runs(vec![all]),
        }
    }

    /// How many elements are selected, each counted once.
    pub(super) fn count(&self, len: usize) -> usize {
        mask(&self.picked, len)
            .into_iter()
            .filter(|picked| *picked)
            .count()
    }

    /// In an ordered list, ranks are indexes.
    fn of_ordered_list(selected: Selected) -> Self {
        let runs = match selected {
            Selected::Indexes(range)
            | Selected::KeyInterval(range)
            | Selected::Ranks(range)
            | Selected::Values(range) => vec![range],
            Selected::ValueList(ranges) => ranges,
            Selected::KeyList(indexes) => single_runs(&indexes),
        };
        Self {
            picked: runs.iter().cloned().flatten().collect(),
            indexes: runs.clone(),
            ranks: Ranks::Runs(runs),
        }
    }

    /// The listing of all elements but the selected ones.
    pub(super) fn inverted(elements: Elements<'_, '_>, selected: Selected) -> Self {
        let len = elements.len();
        match &selected {
            Selected::KeyInterval(range) if range.is_empty() && elements.is_ordered => {
                return Self::of_all(0..len);
            }
            Selected::Indexes(range) if range.is_empty() => return Self::of_all(0..len),
            Selected::Values(range)
                if range.is_empty() && (elements.is_map() || elements.is_ordered) =>
            {
                return Self::of_all(0..len);
            }
            Selected::Ranks(range) if elements.is_map() => {
                if let [gap] = &gaps(vec![range.clone()], len)[..] {
                    return Self::new(elements, Selected::Ranks(gap.clone()));
                }
            }
            _ => {}
        }
        let listing = Self::new(elements, selected.clone());
        let picked = others(listing.picked, len);
        let is_ordered_list = elements.is_ordered_list();
        let singly = single_runs(&picked);
        let ranks = match listing.ranks {
            Ranks::Runs(_) if is_ordered_list && matches!(selected, Selected::ValueList(_)) => {
                Ranks::Runs(singly.clone())
            }
            // Also where no value is, an interval is somewhere.
            Ranks::Runs(runs) => Ranks::Runs(match &selected {
                Selected::Values(range) => vec![0..range.start, range.end..len],
                Selected::Ranks(range) if !elements.is_ordered => {
                    vec![0..range.start, range.end..len]
                }
                _ => gaps(runs, len),
            }),
            other => other,
        };
        let indexes = match selected {
            Selected::Indexes(range) => gaps(vec![range], len),
            Selected::KeyInterval(range) if !elements.is_ordered => {
                vec![0..range.start, range.end..len]
            }
            Selected::KeyInterval(range) => gaps(vec![range], len),
            Selected::KeyList(indexes) if !elements.is_ordered => gaps(single_runs(&indexes), len),
            Selected::Ranks(range) | Selected::Values(range) if is_ordered_list => {
                gaps(vec![range], len)
            }
            _ => singly,
        };
        Self {
            picked,
            indexes,
            ranks,
        }
    }
}

fn single_runs(numbers: &[usize]) -> Runs {
    numbers.iter().map(|number| *number..number + 1).collect()
}

fn sorted(mut numbers: Vec<usize>) -> Vec<usize> {
    numbers.sort_unstable();
    numbers
}

/// Without repetition, by where each was last.
fn last_of_each(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut distinct = Vec::new();
    for number in numbers {
        distinct.retain(|before| *before != number);
        distinct.push(number);
    }
    distinct
}

/// Of so many elements whether each is among some.
pub(super) fn mask(indexes: &[usize], len: usize) -> Vec<bool> {
    let mut mask = vec![false; len];
    for index in indexes {
        mask[*index] = true;
    }
    mask
}

fn others(indexes: Vec<usize>, len: usize) -> Vec<usize> {
    let selected = mask(&indexes, len);
    (0..len).filter(|index| !selected[*index]).collect()
}

/// What lies between runs.
fn gaps(mut runs: Runs, len: usize) -> Runs {
    runs.retain(|run| !run.is_empty());
    runs.sort_unstable_by_key(|run| run.start);
    let mut gaps = Vec::new();
    let mut end = 0;
    for run in runs.into_iter().chain(std::iter::once(len..len)) {
        if run.start > end {
            gaps.push(end..run.start);
        }
        end = end.max(run.end);
    }
    gaps
}
