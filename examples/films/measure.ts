/**
 * What the demo's table is made of: times of requests, and how late the event loop runs.
 *
 * @module
 */

/** One line of the table. */
export interface Measurement {
  /** What was done. */
  readonly name: string;
  /** Records it moved. */
  readonly records: number;
  /** Seconds it took as a whole. */
  readonly seconds: number;
  /** Milliseconds of each request, sorted. */
  readonly requests: readonly number[];
  /** Milliseconds that a timer of 1 ms came late, sorted. */
  readonly lag: readonly number[];
}

/** Runs `body`, which reports the time of each request, and watches the event loop meanwhile. */
export async function measure(
  name: string,
  records: number,
  body: (time: <T>(request: () => Promise<T>) => Promise<T>) => Promise<void>,
): Promise<Measurement> {
  const requests: number[] = [];
  const lag: number[] = [];
  let expected = performance.now() + 1;
  const timer = setInterval(() => {
    const now = performance.now();
    lag.push(Math.max(0, now - expected));
    expected = now + 1;
  }, 1);
  const started = performance.now();
  try {
    await body(async (request) => {
      const from = performance.now();
      const result = await request();
      requests.push(performance.now() - from);
      return result;
    });
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - started) / 1000;
  const ascending = (a: number, b: number) => a - b;
  return { name, records, seconds, requests: requests.sort(ascending), lag: lag.sort(ascending) };
}

/** The value that `share` of the sorted values do not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The table, as text. */
export function table(measurements: readonly Measurement[]): string {
  const rows = [["", "records", "records/s", "p50 ms", "p95 ms", "p99 ms", "loop lag p99 ms"]];
  for (const { name, records, seconds, requests, lag } of measurements) {
    const times = [0.5, 0.95, 0.99].map((share) => percentile(requests, share).toFixed(2));
    const rate = Math.round(records / seconds).toLocaleString("en");
    rows.push([name, records.toLocaleString("en"), rate, ...times, percentile(lag, 0.99).toFixed(2)]);
  }
  const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row.map((cell, column) => column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)).join(
      "  ",
    )
  ).join("\n");
}
