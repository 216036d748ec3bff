/**
 * Commands out, completions in: the one place where promises meet the native queue.
 *
 * Commands issued in one turn of the event loop go over in one call, and completions come back in bounded slices. A
 * command that the full native queue does not take waits here, in order.
 *
 * @module
 */
import type { NativeLibrary, NativeQueue, WakeMode } from "./binding.ts";
import { FrameWriter } from "./codec/frame-writer.ts";
import { AbortError, AerospikeTimeoutError, ClientClosedError, InternalError } from "./errors.ts";

/** Kinds of records, `docs/abi.md`. */
export const RecordKind = { result: 1, error: 2, closed: 3, log: 4 } as const;

/** A completion, valid during the call that settles its command. */
export interface Reply {
  /** {@link RecordKind} */
  kind: number;
  /** 0, or a result code. */
  code: number;
  /** The bytes that hold the payload, reused for the next slice unless `owned`. */
  bytes: Uint8Array<ArrayBuffer>;
  /** A view of `bytes`. */
  view: DataView<ArrayBuffer>;
  /** Where the payload begins in `bytes`. */
  offset: number;
  /** The payload's length in bytes. */
  length: number;
  /** Whether `bytes` holds this payload alone and is the caller's to keep. */
  owned: boolean;
}

/** What a command needs beside its body. */
export interface Submission {
  /** The number of the command, `docs/abi.md`. */
  readonly command: number;
  /** The cluster's handle, 0 where none is needed. */
  readonly cluster: number;
  /** Milliseconds from now after which it is over, 0 never. */
  readonly deadline: number;
  /** Whether the database may have changed when it was sent and not answered. */
  readonly isWrite: boolean;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called after an abort, once nothing more can come: with the record that came all the same, or with undefined where
   * the command was never sent.
   */
  readonly abandoned?: ((reply: Reply | undefined) => void) | undefined;
}

/** A record of the native log. */
export interface LogRecord {
  /** `error`, `warn`, `info`, `debug` or `trace`. */
  readonly level: string;
  /** The part of the library that wrote it. */
  readonly target: string;
  /** The text. */
  readonly message: string;
}

interface Pending {
  readonly tag: number;
  readonly deadline: number;
  readonly isWrite: boolean;
  readonly settle: (reply: Reply) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly abandoned: ((reply: Reply | undefined) => void) | undefined;
  onAbort: (() => void) | undefined;
  /** The native library has it. */
  sent: boolean;
  /** Its promise is settled; only its record is outstanding, if it was sent. */
  settled: boolean;
  /** When it began to wait for room, in `performance.now()` milliseconds; 0 while it does not. */
  waitingSince: number;
}

const HEADER_BYTES = 24;
const DEADLINE_OFFSET = 16;
const DRAIN_BYTES = 64 * 1024;
/** Buffers of this size hold what one slice settles; more would keep timers and sockets waiting. */
const DRAINS_PER_SLICE = 4;
/** A full queue is tried again with every completion; this is for the waiting command's own deadline. */
const WAITING_CHECK_MS = 20;

const queues = new Map<string, CompletionQueue>();

/** How a {@link CompletionQueue} is opened. */
export interface CompletionQueueOptions {
  /** Commands in flight that the native queue accepts. */
  readonly capacity: number;
  /** How the thread is woken; the runtime's default when absent. */
  readonly wake?: WakeMode | undefined;
}

/** The completion queue of this thread for one library. */
export class CompletionQueue {
  /** Where the body of a command is written. */
  readonly writer: FrameWriter = new FrameWriter();
  readonly #key: string;
  readonly #queue: NativeQueue;
  readonly #slots: (Pending | undefined)[] = [undefined];
  readonly #free: number[] = [];
  readonly #drainBytes: Uint8Array<ArrayBuffer> = new Uint8Array(DRAIN_BYTES);
  readonly #drainView: DataView<ArrayBuffer> = new DataView(this.#drainBytes.buffer);
  readonly #reply: Reply;
  readonly #logListeners = new Map<(record: LogRecord) => void, number>();
  /** What stands in the writer, in order. */
  #written: Pending[] = [];
  #flushScheduled = false;
  #unsettled = 0;
  #users = 0;
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;
  #waitingTimer: ReturnType<typeof setTimeout> | undefined;

  /** Gives this thread's queue for a library and these options, and counts one user more. */
  static acquire(library: NativeLibrary, options: CompletionQueueOptions): CompletionQueue {
    const key = JSON.stringify([library.path, options.capacity, options.wake ?? null]);
    let queue = queues.get(key);
    if (queue === undefined) {
      queue = new CompletionQueue(library, options, key);
      queues.set(key, queue);
    }
    queue.#users += 1;
    return queue;
  }

  private constructor(library: NativeLibrary, options: CompletionQueueOptions, key: string) {
    this.#key = key;
    this.#reply = {
      kind: 0,
      code: 0,
      bytes: this.#drainBytes,
      view: this.#drainView,
      offset: 0,
      length: 0,
      owned: false,
    };
    this.#queue = library.openQueue({
      capacity: options.capacity,
      wake: options.wake,
      onWake: () => this.#drain(),
    });
  }

  /** How this thread is woken. */
  get wake(): WakeMode {
    return this.#queue.wake;
  }

  /** Commands whose promises are not settled. */
  get inFlight(): number {
    return this.#unsettled;
  }

  /** One user less; the last one closes the queue. Resolves when its resources are freed. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    queues.delete(this.#key);
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** Adds a listener to the native log, from a level on: 1 error to 5 trace. */
  listen(level: number, listener: (record: LogRecord) => void): void {
    this.#logListeners.set(listener, level);
    this.#queue.log(Math.max(...this.#logListeners.values()));
  }

  /** Removes a listener of the native log. */
  unlisten(listener: (record: LogRecord) => void): void {
    if (this.#logListeners.delete(listener)) this.#queue.log(Math.max(0, ...this.#logListeners.values()));
  }

  /**
   * Sends one command.
   *
   * `write` puts its body into the frame: what it throws rejects the command, and nothing is sent. `settle` turns the
   * reply into the result, or throws what the command rejects with.
   */
  send<T>(
    submission: Submission,
    write: (writer: FrameWriter) => void,
    settle: (reply: Reply) => T,
  ): Promise<T> {
    const { signal } = submission;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closing !== undefined) return Promise.reject(new ClientClosedError());
    const tag = this.#free.pop() ?? this.#slots.push(undefined) - 1;
    const writer = this.writer;
    const start = writer.begin(tag, submission.command, submission.cluster, submission.deadline);
    try {
      write(writer);
    } catch (error) {
      writer.truncate(start);
      this.#free.push(tag);
      return Promise.reject(error);
    }
    writer.end(start);
    return new Promise<T>((resolve, reject) => {
      const pending: Pending = {
        tag,
        deadline: submission.deadline,
        isWrite: submission.isWrite,
        settle,
        resolve: resolve as (value: unknown) => void,
        reject,
        signal,
        abandoned: submission.abandoned,
        onAbort: undefined,
        sent: false,
        settled: false,
        waitingSince: 0,
      };
      if (signal !== undefined) {
        pending.onAbort = () => this.#abort(pending);
        signal.addEventListener("abort", pending.onAbort, { once: true });
      }
      this.#slots[tag] = pending;
      this.#written.push(pending);
      if (++this.#unsettled === 1) this.#queue.hold();
      if (!this.#flushScheduled) {
        this.#flushScheduled = true;
        queueMicrotask(() => this.#flush());
      }
    });
  }

  #flush(): void {
    this.#flushScheduled = false;
    const written = this.#written;
    if (written.length === 0) return;
    if (written.some((pending) => pending.settled)) this.#dropSettled();
    if (this.#written.length === 0) return;
    const accepted = this.#queue.submit(this.writer.bytes, this.writer.length);
    if (accepted < 0) return this.#refused(accepted);
    if (accepted === this.#written.length) {
      for (const pending of this.#written) pending.sent = true;
      this.#written = [];
      this.writer.clear();
      return;
    }
    this.#keepFrom(accepted);
  }

  /** The queue is full: what it did not take stays, in order, and waits for completions. */
  #keepFrom(accepted: number): void {
    let offset = 0;
    for (let i = 0; i < accepted; i++) {
      (this.#written[i] as Pending).sent = true;
      offset += this.writer.view.getUint32(offset, true);
    }
    this.writer.discard(offset);
    this.#written = this.#written.slice(accepted);
    const now = performance.now();
    for (const pending of this.#written) {
      if (pending.waitingSince === 0) pending.waitingSince = now;
    }
    this.#waitingTimer ??= setTimeout(() => {
      this.#waitingTimer = undefined;
      this.#submitWaiting();
    }, WAITING_CHECK_MS);
  }

  #submitWaiting(): void {
    if (this.#written.length === 0 || this.#flushScheduled) return;
    const now = performance.now();
    let offset = 0;
    for (const pending of this.#written) {
      if (pending.waitingSince !== 0 && pending.deadline !== 0 && !pending.settled) {
        const left = pending.deadline - (now - pending.waitingSince);
        if (left <= 0) {
          this.#reject(
            pending,
            new AerospikeTimeoutError(`timed out after ${pending.deadline} ms, waiting for room in the queue`, {
              phase: "queue",
            }),
          );
        } else {
          this.writer.view.setUint32(offset + DEADLINE_OFFSET, Math.ceil(left), true);
        }
      }
      offset += this.writer.view.getUint32(offset, true);
    }
    this.#flush();
  }

  /** Takes the frames of commands that are over out of the writer. */
  #dropSettled(): void {
    const keep: Pending[] = [];
    let from = 0;
    let to = 0;
    for (const pending of this.#written) {
      const length = this.writer.view.getUint32(from, true);
      if (pending.settled) {
        this.#freeTag(pending.tag);
      } else {
        this.writer.bytes.copyWithin(to, from, from + length);
        to += length;
        keep.push(pending);
      }
      from += length;
    }
    this.writer.truncate(to);
    this.#written = keep;
  }

  #refused(status: number): void {
    const refused = this.#written;
    this.#written = [];
    this.writer.clear();
    for (const pending of refused) {
      this.#freeTag(pending.tag);
      if (pending.settled) continue;
      this.#reject(
        pending,
        status === -2 ? new InternalError("the native library refused a frame as malformed") : new ClientClosedError(),
      );
    }
  }

  #abort(pending: Pending): void {
    if (pending.settled) return;
    const reason: unknown = pending.signal?.reason;
    if (pending.sent) {
      this.#queue.cancel(pending.tag);
      this.#reject(pending, pending.isWrite ? new AbortError(reason) : reason);
    } else {
      this.#reject(pending, reason);
      pending.abandoned?.(undefined);
    }
  }

  #freeTag(tag: number): void {
    this.#slots[tag] = undefined;
    this.#free.push(tag);
  }

  #reject(pending: Pending, reason: unknown): void {
    this.#settled(pending);
    pending.reject(reason);
  }

  #settled(pending: Pending): void {
    pending.settled = true;
    if (pending.onAbort !== undefined) pending.signal?.removeEventListener("abort", pending.onAbort);
    if (--this.#unsettled === 0 && this.#closing === undefined) this.#queue.release();
  }

  /** Settles what is ready, in one bounded slice; true when there may be more. */
  #drain(): boolean {
    let more = true;
    for (let i = 0; more && i < DRAINS_PER_SLICE; i++) {
      const length = this.#queue.drain(this.#drainBytes);
      more = length > 0;
      for (let offset = 0; offset < length;) {
        const next = offset + this.#drainView.getUint32(offset, true);
        try {
          this.#complete(offset);
        } catch (error) {
          // A broken record or a log listener that throws: reported as uncaught, and the rest still arrives.
          reportError(error);
        }
        offset = next;
      }
    }
    if (this.#written.length > 0) this.#submitWaiting();
    return more;
  }

  #complete(offset: number): void {
    const view = this.#drainView;
    const tag = view.getUint32(offset + 4, true);
    const kind = view.getUint8(offset + 8);
    const reply = this.#reply;
    reply.kind = kind;
    reply.code = view.getInt32(offset + 12, true);
    reply.length = view.getUint32(offset + 16, true);
    const handle = view.getUint32(offset + 20, true);
    if (kind === RecordKind.log) return this.#log(offset, reply.length);
    if (kind === RecordKind.closed) return this.#closed?.();
    const pending = this.#slots[tag];
    if (pending === undefined) {
      // Exactly once is the native library's promise; a second record would settle somebody else's command.
      throw new InternalError(`a completion for tag ${tag}, which is not in flight`);
    }
    this.#freeTag(tag);
    if (pending.settled && pending.abandoned === undefined) {
      if (handle !== 0) this.#queue.copyResult(handle, NO_BYTES);
      return;
    }
    if (handle === 0) {
      reply.bytes = this.#drainBytes;
      reply.view = view;
      reply.offset = offset + HEADER_BYTES;
      reply.owned = false;
    }
    if (pending.settled) return pending.abandoned?.(reply);
    this.#settled(pending);
    try {
      if (handle !== 0) this.#hold(reply, handle);
      pending.resolve(pending.settle(reply));
    } catch (error) {
      pending.reject(error);
    }
  }

  /** Fetches a large result into a buffer of its own. */
  #hold(reply: Reply, handle: number): void {
    const bytes = new Uint8Array(reply.length);
    const status = this.#queue.copyResult(handle, bytes);
    if (status < 0) throw new InternalError(`a held result could not be copied (status ${status})`);
    reply.bytes = bytes;
    reply.view = new DataView(bytes.buffer);
    reply.offset = 0;
    reply.owned = true;
  }

  #log(offset: number, length: number): void {
    const start = offset + HEADER_BYTES;
    const record = JSON.parse(new TextDecoder().decode(this.#drainBytes.subarray(start, start + length))) as LogRecord;
    for (const [listener, level] of this.#logListeners) {
      if (LEVELS.indexOf(record.level) <= level) listener(record);
    }
  }

  async #close(): Promise<void> {
    // The closed record has to arrive, so the thread is held until then.
    this.#queue.hold();
    clearTimeout(this.#waitingTimer);
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#queue.beginClose();
    });
    this.#queue.release();
    await this.#queue.dispose();
  }
}

const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);
const LEVELS: readonly string[] = ["off", "error", "warn", "info", "debug", "trace"];
