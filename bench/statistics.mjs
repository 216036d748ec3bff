// The arithmetic of the benchmarks.

/** The median; NaN of nothing. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest value that at least `share` of the sorted values do not exceed; NaN of nothing. */
export function percentile(sorted, share) {
  if (sorted.length === 0) return NaN;
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** How far the middle half of the values lies apart, as a share of their median. */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (percentile(sorted, 0.75) - percentile(sorted, 0.25)) / median(values);
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A shuffled copy. */
export function shuffled(values, random) {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

const RESAMPLES = 2_000;
const CONFIDENCE = 0.95;

/** The value at the low and the high end of the confidence interval, of values drawn by a bootstrap. */
function interval(drawn) {
  const sorted = drawn.sort((a, b) => a - b);
  const tail = (1 - CONFIDENCE) / 2;
  return { low: percentile(sorted, tail), high: percentile(sorted, 1 - tail) };
}

/** As many values as there are, each drawn from all of them. */
const resample = (values, random) => values.map(() => values[Math.floor(random() * values.length)]);

/** A median and its bootstrap interval of 95 %: `{ median, low, high }`. */
export function medianWithin(values, random) {
  const draws = values.length === 0 ? 0 : RESAMPLES;
  const drawn = Array.from({ length: draws }, () => median(resample(values, random)));
  return { median: median(values), ...interval(drawn) };
}

/** The slope of the line through `[x, y]` points by least squares; NaN where they are not two different places. */
export function slope(points) {
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

/**
 * A slope and its bootstrap interval of 95 %: `{ slope, low, high }`. Neighbours in time are alike, so what is drawn are
 * blocks of them: points are put together to `blocks` means, in their order, before.
 */
export function slopeWithin(points, blocks, random) {
  const size = points.length / blocks;
  const means = Array.from({ length: blocks }, (_, block) => {
    const own = points.slice(Math.round(block * size), Math.round((block + 1) * size));
    return [0, 1].map((at) => own.reduce((sum, point) => sum + point[at], 0) / own.length);
  });
  const drawn = Array.from({ length: RESAMPLES }, () => slope(resample(means, random)));
  return { slope: slope(means), ...interval(drawn.filter((value) => !Number.isNaN(value))) };
}

/**
 * What is known of the ratio of two medians: `{ ratio, low, high }`, the last two from a bootstrap of 95 % that draws
 * whole repetitions, because what was measured in one repetition shared the machine's mood.
 *
 * `pairs` has one `[numerator, denominator]` for each repetition. Without `random` there is no interval, only the ratio.
 */
export function ratioOfMedians(pairs, random) {
  const of = (chosen) => median(chosen.map(([above]) => above)) / median(chosen.map(([, below]) => below));
  const drawn = Array.from(
    { length: pairs.length === 0 || random === undefined ? 0 : RESAMPLES },
    () => of(resample(pairs, random)),
  );
  return { ratio: of(pairs), ...interval(drawn) };
}
