// What every JavaScript worker does alike: answer line by line, keep commands in flight, take times.
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { percentile } from "../statistics.mjs";

const LAG_INTERVAL_MS = 5;

/** CPU time of this thread alone in seconds, or null where the system does not say. */
export function threadSeconds() {
  try {
    return Number(
      readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0],
    ) / 1e9;
  } catch {
    return null;
  }
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Milliseconds, growing in place: a plain array that is pushed to would make garbage of its own. */
export class Times {
  #values = new Float64Array(1 << 16);
  #count = 0;

  add(value) {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  get count() {
    return this.#count;
  }

  sorted() {
    return this.#values.subarray(0, this.#count).sort();
  }
}

/** How late a timer of 5 ms fires: what other work on this thread would have to wait. */
class Lag {
  #times = new Times();
  #timer;
  #due = performance.now() + LAG_INTERVAL_MS;

  constructor() {
    const tick = () => {
      const now = performance.now();
      this.#times.add(Math.max(0, now - this.#due));
      this.#due = now + LAG_INTERVAL_MS;
      this.#timer = setTimeout(tick, LAG_INTERVAL_MS);
    };
    this.#timer = setTimeout(tick, LAG_INTERVAL_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    return this.#times.sorted();
  }
}

/** What this process takes from here to `end()`, and how late its event loop is meanwhile. */
export class Usage {
  #lag = new Lag();
  #cpu = cpuSeconds();
  #thread = threadSeconds();

  /** `{ cpuSeconds, threadSeconds, lagP50, lagP99 }`; the thread's is that of the thread that asks, or null. */
  end() {
    const thread = threadSeconds();
    const cpu = cpuSeconds() - this.#cpu;
    const lags = this.#lag.stop();
    return {
      cpuSeconds: cpu,
      threadSeconds: this.#thread === null || thread === null ? null : thread - this.#thread,
      lagP50: percentile(lags, 0.5),
      lagP99: percentile(lags, 0.99),
    };
  }
}

/**
 * Keeps `inFlight` calls of `operation(i)` going for `seconds` and says what that took. `i` counts up over all lanes.
 *
 * @param {number} inFlight
 * @param {number} seconds
 * @param {(i: number) => Promise<unknown>} operation
 */
export async function sustain(inFlight, seconds, operation) {
  const times = new Times();
  const usage = new Usage();
  let next = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const lane = async () => {
    for (let now = performance.now(); now < end;) {
      await operation(next++);
      const then = now;
      now = performance.now();
      times.add(now - then);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const elapsed = (performance.now() - started) / 1000;
  const used = usage.end();
  const sorted = times.sorted();
  return {
    operations: times.count,
    seconds: elapsed,
    ...used,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  };
}

/**
 * Says that this worker is ready, then answers every line of standard input until it ends.
 *
 * @param {string} version
 * @param {(request: any) => Promise<object>} answer
 */
export async function serve(version, answer) {
  const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  say({ version });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say(await answer(JSON.parse(line)));
    } catch (error) {
      say({ error: String(error?.stack ?? error) });
    }
  }
}
