/**
 * A deadline over several commands and what is between them.
 *
 * @module
 */

import { AerospikeTimeoutError } from "./errors.ts";

/** A deadline on the clock of commands, and a signal. */
export class Deadline {
  readonly #limit: number;
  readonly #clock: () => number;
  readonly #calledAt: number;
  readonly #signal: AbortSignal | undefined;
  readonly #late: () => Error;

  /** Begins now; `limit` is in milliseconds, 0 is none. `late` gives the error of a time that is over. */
  constructor(
    limit: number,
    clock: () => number,
    signal: AbortSignal | undefined,
    late: () => Error = () => new AerospikeTimeoutError(`timed out after ${limit} ms, between two commands`),
  ) {
    this.#late = late;
    this.#limit = limit;
    this.#clock = clock;
    this.#calledAt = clock();
    this.#signal = signal;
  }

  /**
   * The `totalTimeout` of a command that begins now.
   *
   * @throws what `late` gives, where no time is left
   */
  left(): number {
    if (this.#limit === 0) return 0;
    const left = Math.ceil(this.#limit - (this.#clock() - this.#calledAt));
    if (left > 0) return left;
    throw this.#late();
  }

  /** Waits so many milliseconds, or rejects as {@link Deadline.bound} does; no timer is left behind. */
  async pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.bound(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Settles as `work` does, or rejects when the time is over or the signal aborts. */
  async bound<T>(work: T | PromiseLike<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const signal = this.#signal;
    const onAbort = () => reject(signal?.reason);
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A timer runs on while the process is stopped, which the deadline does not.
    const wait = () => {
      try {
        const left = this.left();
        if (left > 0) timer = setTimeout(wait, left);
      } catch (error) {
        reject(error);
      }
    };
    try {
      wait();
      if (signal?.aborted) onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      return await Promise.race([promise, work]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
