/**
 * The two ways to wake a Deno thread.
 *
 * @module
 */
import type { DenoSymbols } from "./binding.ts";
import { setImmediate } from "node:timers";

/** What a queue asks of the thing that wakes its thread. */
export interface Wake {
  /** Completions must arrive from now on, and the process must not end. */
  hold(): void;
  /** Nothing is in flight any more. */
  release(): void;
  /** The queue is closed: resolves once native code calls nothing any more. */
  dispose(): Promise<void>;
}

/** How long one `wait` stays out. That of a Worker that is terminated comes back when its thread has ended. */
const WAIT_MS = 2_000;

/** Milliseconds between the heartbeats of {@link CallbackWake}. */
const HEARTBEAT_MS = 500;

/** What disarming answers while a ring that began before still runs. */
const STILL_RINGING = 1;

/** Wakes by one nonblocking call that returns when there is something to drain. */
export class WaitWake implements Wake {
  readonly #symbols: DenoSymbols;
  readonly #queue: number;
  readonly #onWake: () => boolean;
  #held = false;
  #running = false;

  constructor(symbols: DenoSymbols, queue: number, onWake: () => boolean) {
    this.#symbols = symbols;
    this.#queue = queue;
    this.#onWake = onWake;
  }

  hold(): void {
    this.#held = true;
    if (!this.#running) {
      this.#running = true;
      this.#run();
    }
  }

  release(): void {
    this.#held = false;
  }

  dispose(): Promise<void> {
    this.#held = false;
    return Promise.resolve();
  }

  async #run(): Promise<void> {
    try {
      while (this.#held) {
        await this.#symbols.aef_queue_wait(this.#queue, WAIT_MS);
        this.#onWake();
        // What is left after one slice waits for a turn of the event loop, so that timers and sockets have theirs. A turn
        // comes in any case: what was sent by those just settled is often answered by then, and a wait costs more.
        for (let more = true; more; more = this.#onWake()) {
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
      }
    } finally {
      this.#running = false;
    }
  }
}

/** Wakes by a callback, rung by the one doorbell thread of the queue. */
export class CallbackWake implements Wake {
  readonly #symbols: DenoSymbols;
  readonly #queue: number;
  readonly #onWake: () => boolean;
  readonly #callback: Deno.UnsafeCallback<{ parameters: []; result: "void" }>;
  readonly #disarm: () => void;
  readonly #suspend: () => void;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(symbols: DenoSymbols, queue: number, onWake: () => boolean) {
    this.#symbols = symbols;
    this.#queue = queue;
    this.#onWake = onWake;
    this.#callback = new Deno.UnsafeCallback({ parameters: [], result: "void" }, () => this.#drain());
    this.#arm();
    // A ring while the isolate is torn down aborts the process, whatever its exit code should have been.
    this.#disarm = () => {
      symbols.aef_queue_callback(queue, null, 0);
    };
    // An error that the program handles does not end it: then the doorbell is armed again a turn later.
    this.#suspend = () => {
      this.#disarm();
      setTimeout(() => this.#arm(), 0);
    };
    globalThis.addEventListener("unload", this.#disarm);
    globalThis.addEventListener("error", this.#suspend);
    globalThis.addEventListener("unhandledrejection", this.#suspend);
  }

  hold(): void {
    this.#callback.ref();
    // Deno can lose a wake-up of a callback; the heartbeat makes that a delay and not a hang.
    this.#heartbeat ??= setInterval(() => this.#drain(), HEARTBEAT_MS);
  }

  release(): void {
    this.#callback.unref();
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  async dispose(): Promise<void> {
    this.release();
    globalThis.removeEventListener("unload", this.#disarm);
    globalThis.removeEventListener("error", this.#suspend);
    globalThis.removeEventListener("unhandledrejection", this.#suspend);
    // Not inside itself, and not while the doorbell thread is in the middle of a ring: the last record may have been
    // drained by the callback.
    do await new Promise<void>((resolve) => setTimeout(resolve, 0)); while (
      this.#symbols.aef_queue_callback(this.#queue, null, 0) === STILL_RINGING
    );
    this.#callback.close();
  }

  #arm(): void {
    this.#symbols.aef_queue_callback(this.#queue, this.#callback.pointer, 1);
  }

  #drain(): void {
    if (this.#onWake()) setImmediate(() => this.#drain());
  }
}
