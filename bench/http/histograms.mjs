// The histograms of `stages.mjs` as the harness has them: read, added up, and asked for a quantile.

/** Reads a scrape: `{ stage: { count, sum, buckets: [[le, count]] } }`, counts cumulative, times in seconds. */
export function readScrape(text) {
  const stages = {};
  for (const line of text.split("\n")) {
    const [, kind, labels, value] = /^predict_stage_seconds_(bucket|sum|count)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (kind === undefined) continue;
    const { stage, le } = Object.fromEntries(
      labels.split(",").map((label) => {
        const [name, quoted] = label.split("=");
        return [name, JSON.parse(quoted)];
      }),
    );
    const of = stages[stage] ??= { count: 0, sum: 0, buckets: [] };
    if (kind === "bucket") of.buckets.push([le === "+Inf" ? null : Number(le), Number(value)]);
    else of[kind] = Number(value);
  }
  return stages;
}

/** The stages of several replicas, added up. */
export function addStages(scrapes) {
  const total = {};
  for (const stages of scrapes) {
    for (const [stage, { count, sum, buckets }] of Object.entries(stages)) {
      const of = total[stage] ??= { count: 0, sum: 0, buckets: buckets.map(([le]) => [le, 0]) };
      of.count += count;
      of.sum += sum;
      buckets.forEach(([, within], i) => of.buckets[i][1] += within);
    }
  }
  return total;
}

/** A quantile of a histogram in seconds, within its bucket by a straight line, as Prometheus' `histogram_quantile`. */
export function quantile({ count, buckets }, share) {
  const wanted = share * count;
  const at = buckets.findIndex(([, within]) => within >= wanted);
  if (count === 0 || at < 0) return NaN;
  const [lower, before] = at === 0 ? [0, 0] : buckets[at - 1];
  const [upper, within] = buckets[at];
  // Beyond the last bound nothing is known but that bound.
  return upper === null ? lower : lower + (upper - lower) * (wanted - before) / (within - before);
}
