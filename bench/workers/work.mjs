// CPU work on the event loop, as an application has it beside its reads, and a bystander that suffers from both.
import { performance } from "node:perf_hooks";
import { percentile } from "../statistics.mjs";
import { threadSeconds } from "./protocol.mjs";

const CALIBRATION_ROUNDS = 9;
const CALIBRATION_STEPS = 2_000_000;
const BYSTANDER_INTERVAL_MS = 10;
const BYSTANDER_STEPS = 5_000;

/** Depends on each step before, so that no compiler can leave steps out or run them side by side. */
function mix(steps, seed) {
  let state = seed | 1;
  for (let i = 0; i < steps; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

let kept = 1;
let stepsPerMs;

/** Steps that this runtime does in a millisecond of CPU time: the time of the thread, so that other programs do not count. */
export function calibrate() {
  const rates = [];
  for (let i = 0; i < CALIBRATION_ROUNDS; i++) {
    const before = threadSeconds();
    const started = performance.now();
    kept = mix(CALIBRATION_STEPS, kept);
    const wallMs = performance.now() - started;
    const after = threadSeconds();
    const cpuMs = before === null || after === null ? wallMs : (after - before) * 1000;
    // What the kernel books only at its ticks can be seen as nothing.
    rates.push(CALIBRATION_STEPS / (cpuMs > 0 ? cpuMs : wallMs));
  }
  return rates.sort((a, b) => a - b)[CALIBRATION_ROUNDS >> 1];
}

/** The same work every time, however much of the core a client leaves for it. */
export class Work {
  #steps;

  constructor(steps) {
    this.#steps = steps;
  }

  /** `rate`: steps of a millisecond, where they were found before. */
  static ofMilliseconds(milliseconds, rate = stepsPerMs ??= calibrate()) {
    return new Work(Math.round(rate * milliseconds));
  }

  do() {
    kept = mix(this.#steps, kept);
  }
}

/**
 * Work that has nothing to do with the client: every 10 ms it is due, computes a little, lets the event loop go on once
 * and computes again. What it takes from being due to being done is the latency that another user of the process sees.
 * It is due at fixed times, so that one that waited long does not make fewer of them.
 */
export class Bystander {
  #times = [];
  #due = performance.now() + BYSTANDER_INTERVAL_MS;
  #timer;
  #stopped = false;

  constructor() {
    this.#plan();
  }

  #plan() {
    this.#timer = setTimeout(() => this.#turn(), Math.max(0, this.#due - performance.now()));
  }

  #turn() {
    kept = mix(BYSTANDER_STEPS, kept);
    setImmediate(() => {
      if (this.#stopped) return;
      kept = mix(BYSTANDER_STEPS, kept);
      const now = performance.now();
      // All that became due meanwhile are done now, each as late as it is.
      for (; this.#due <= now; this.#due += BYSTANDER_INTERVAL_MS) this.#times.push(now - this.#due);
      this.#plan();
    });
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const sorted = this.#times.sort((a, b) => a - b);
    return {
      bystanders: sorted.length,
      bystanderP50: percentile(sorted, 0.5),
      bystanderP95: percentile(sorted, 0.95),
      bystanderP99: percentile(sorted, 0.99),
    };
  }
}
