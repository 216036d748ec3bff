//! How many values sketches stand for: Otmar Ertl's improved estimator ("New cardinality estimation algorithms for
//! HyperLogLog sketches", 2017) with the constants of the original HyperLogLog.

use super::sketch::{Shape, Sketch};

const MAX_RANK: usize = 63;

/// How many values a sketch stands for: its count when it has one, else an estimate.
pub(super) fn known(sketch: &Sketch) -> i64 {
    match sketch.counted {
        0 => count(sketch),
        counted => counted as i64,
    }
}

/// How many values a sketch is estimated to stand for. A server gives the lowest integer when they are too many for one.
pub(super) fn count(sketch: &Sketch) -> i64 {
    let rounded = cardinality(sketch).round();
    if rounded < i64::MAX as f64 {
        rounded as i64
    } else {
        i64::MIN
    }
}

fn cardinality(sketch: &Sketch) -> f64 {
    let mut ranks = [0_u32; MAX_RANK + 1];
    for register in &sketch.registers {
        ranks[(register >> sketch.shape.minhash_bits) as usize] += 1;
    }
    let m = sketch.registers.len() as f64;
    let mut z = m * tau(1.0 - f64::from(ranks[MAX_RANK]) / m);
    for count in ranks[1..MAX_RANK].iter().rev() {
        z = 0.5 * (z + f64::from(*count));
    }
    z += m * sigma(f64::from(ranks[0]) / m);
    alpha(sketch.shape) * m * m / z
}

fn alpha(shape: Shape) -> f64 {
    match shape.index_bits {
        4 => 0.673,
        5 => 0.697,
        6 => 0.709,
        bits => 0.7213 / (1.0 + 1.079 / f64::from(1_u32 << bits)),
    }
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

/// What sketches have in common: so many values, and their share of the union's.
pub(super) struct Common {
    pub(super) count: i64,
    pub(super) share: f64,
}

/// What all sketches have in common, two of them at least. Without a common minhash there may be no more than three.
pub(super) fn common(sketches: &[&Sketch]) -> Common {
    let union = Sketch::union(sketches);
    let in_union = count(&union);
    if union.shape.minhash_bits > 0 {
        let share = similarity(sketches, &union);
        let count = (share * in_union as f64).round() as i64;
        return Common { count, share };
    }
    let in_all = match *sketches {
        [first, second] => known(first)
            .wrapping_add(known(second))
            .wrapping_sub(in_union),
        [first, second, third] => [first, second, third]
            .map(known)
            .into_iter()
            .fold(in_union, i64::wrapping_sub)
            .wrapping_add(common(&[first, second]).count)
            .wrapping_add(common(&[first, third]).count)
            .wrapping_add(common(&[third, second]).count),
        _ => 0,
    };
    let count = in_all.max(0);
    Common {
        count,
        share: count as f64 / in_union as f64,
    }
}

/// The share of the union's registers that all sketches have, which have a common minhash. Of the first sketch, all
/// registers that are folded into one must be the same.
fn similarity(sketches: &[&Sketch], union: &Sketch) -> f64 {
    if sketches.iter().any(|sketch| sketch.seems_empty()) {
        let is_any = sketches.iter().any(|sketch| !sketch.seems_empty());
        return if is_any { 0.0 } else { f64::NAN };
    }
    let (first, others) = (sketches[0], &sketches[1..]);
    let others: Vec<Sketch> = others.iter().map(|one| one.folded(union.shape)).collect();
    let is_in_all = |index: usize, register: u64| {
        let mut folded = first.registers[index..]
            .iter()
            .step_by(union.registers.len());
        folded.all(|one| *one == register)
            && others.iter().all(|one| one.registers[index] == register)
    };
    let used = || {
        let registers = union.registers.iter().copied().enumerate();
        registers.filter(|(_, register)| *register != 0)
    };
    let same = used().filter(|(index, register)| is_in_all(*index, *register));
    let by_chance = match *sketches {
        [left, right] => collisions(union.shape, known(left), known(right)),
        _ => 0.0,
    };
    let share = (same.count() as f64 - by_chance) / used().count() as f64;
    if share < 0.0 { 0.0 } else { share }
}

/// How many registers of two sketches without a common value are expected to be the same: for every rank, both have it
/// and of all minhashes the same (after Yu and Weber, "HyperMinHash: MinHash in LogLog space", 2017).
fn collisions(shape: Shape, left: i64, right: i64) -> f64 {
    let index_bits = i32::from(shape.index_bits);
    let sum: f64 = (1..MAX_RANK as i32)
        .map(|rank| {
            let below = 1.0 - 2_f64.powi(1 - index_bits - rank);
            let within = 1.0 - 2_f64.powi(-index_bits - rank);
            let share = |count: i64| within.powf(count as f64) - below.powf(count as f64);
            share(left) * share(right)
        })
        .sum();
    sum * 2_f64.powi(index_bits - i32::from(shape.minhash_bits))
}
