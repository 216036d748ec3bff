/**
 * Commands out, completions in: the one place where promises meet the native queue.
 *
 * Commands issued in one turn of the event loop go over in one call, and completions come back in bounded slices. A
 * command that the full native queue does not take waits here, in order. What takes no room there goes over at once.
 *
 * @module
 */
import type { NativeLibrary, NativeQueue, WakeMode } from "./binding.ts";
import { setInterval } from "node:timers";
import { FrameWriter } from "./codec/frame-writer.ts";
import { takesRoom } from "./command.ts";
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
  /** How many records before this one were dropped, because nobody took them in time. */
  readonly dropped?: number;
}

interface Pending {
  readonly tag: number;
  readonly cluster: number;
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
  /** When it was called, on the queue's clock: its deadline counts from there. */
  readonly calledAt: number;
}

const HEADER_BYTES = 24;
const DEADLINE_OFFSET = 16;
/** Where a record has the length of its payload. */
const LENGTH_OFFSET = 16;
const DRAIN_BYTES = 64 * 1024;
/** What one slice settles, large results included; more would keep timers and sockets waiting. */
const SLICE_BYTES = 256 * 1024;
/** What a burst has come to is sent, and its buffer used again: one that grows with the burst costs more than a call. */
const FULL = 256 * 1024;
/** A full queue is tried again with every completion; this is for the waiting command's own deadline. */
const WAITING_CHECK_MS = 20;
/** How often the log is looked for where only a command in flight would wake the thread. */
const LOG_MS = 250;

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
  /** What the buffer holds, and how far it was settled. */
  #drained = 0;
  #settledTo = 0;
  readonly #reply: Reply;
  readonly #logListeners = new Map<(record: LogRecord) => void, number>();
  /** What stands in the writer, in order. */
  #written: Pending[] = [];
  #flushScheduled = false;
  /** A frame is being written: code of the caller may run meanwhile, a getter for example. */
  #writing = false;
  #unsettled = 0;
  #users = 0;
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;
  #waitingTimer: ReturnType<typeof setTimeout> | undefined;
  #logTimer: ReturnType<typeof setInterval> | undefined;

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

  /** Milliseconds on the clock of deadlines. */
  clock(): number {
    return this.#queue.clock();
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
    if (this.wake === "wait" && this.#logTimer === undefined) {
      // Deno waits only while commands are in flight; what is logged between them must be seen too.
      this.#logTimer = setInterval(() => {
        if (this.#unsettled === 0) this.#drain();
      }, LOG_MS);
      this.#logTimer.unref();
    }
  }

  /** Removes a listener of the native log. */
  unlisten(listener: (record: LogRecord) => void): void {
    if (!this.#logListeners.delete(listener)) return;
    this.#queue.log(Math.max(0, ...this.#logListeners.values()));
    if (this.#logListeners.size === 0) {
      clearInterval(this.#logTimer);
      this.#logTimer = undefined;
    }
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
    if (this.#writing) {
      // Called by the caller's own code in the middle of another frame, which this one must not begin in.
      return Promise.resolve().then(() => this.send(submission, write, settle));
    }
    const calledAt = submission.deadline === 0 ? 0 : this.#queue.clock();
    if (this.writer.length >= FULL && this.#waitingTimer === undefined) this.#flush();
    const tag = this.#free.pop() ?? this.#slots.push(undefined) - 1;
    const waits = takesRoom(submission.command);
    const writer = waits ? this.writer : new FrameWriter();
    const start = writer.begin(tag, submission.command, submission.cluster, submission.deadline);
    this.#writing = true;
    try {
      write(writer);
      // Code of the caller may have run in there, and aborted.
      if (signal?.aborted) throw signal.reason;
    } catch (error) {
      if (waits) this.#keep(start);
      this.#free.push(tag);
      return Promise.reject(error);
    } finally {
      this.#writing = false;
    }
    writer.end(start);
    return new Promise<T>((resolve, reject) => {
      const pending: Pending = {
        tag,
        cluster: submission.cluster,
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
        calledAt,
      };
      if (signal !== undefined) {
        pending.onAbort = () => this.#abort(pending);
        signal.addEventListener("abort", pending.onAbort, { once: true });
      }
      this.#slots[tag] = pending;
      if (++this.#unsettled === 1) this.#queue.hold();
      if (!waits) return this.#overtake(pending, writer);
      this.#written.push(pending);
      if (!this.#flushScheduled) {
        this.#flushScheduled = true;
        queueMicrotask(() => this.#flush());
      }
    });
  }

  /**
   * Waits until the native library has all commands that were called on a cluster, `ms` at most: what it has not by then is
   * rejected. Gives the milliseconds that are left.
   */
  async handOver(cluster: number, ms: number): Promise<number> {
    const end = this.#queue.clock() + ms;
    // The caller's own code may have called in the middle of a frame.
    await Promise.resolve();
    this.#flush();
    for (;;) {
      const left = Math.max(0, Math.ceil(end - this.#queue.clock()));
      const waiting = this.#written.filter((pending) => pending.cluster === cluster && !pending.settled);
      if (waiting.length === 0) return left;
      if (left === 0) {
        const message = "the client was closed before the command could be sent";
        for (const pending of waiting) this.#reject(pending, new ClientClosedError(message, { phase: "queue" }));
        return 0;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, WAITING_CHECK_MS)));
    }
  }

  /** Sends a command that takes no room, past those that wait for some. */
  #overtake(pending: Pending, { bytes, length }: FrameWriter): void {
    const accepted = this.#queue.submit(bytes, length);
    if (accepted === 1) pending.sent = true;
    else this.#refuse([pending], accepted);
  }

  #flush(): void {
    this.#flushScheduled = false;
    this.#countDown();
    if (this.#written.some((pending) => pending.settled)) this.#dropSettled();
    const count = this.#written.length;
    if (count === 0) return;
    const accepted = this.#queue.submit(this.writer.bytes, this.writer.length);
    if (accepted === MALFORMED && count > 1) this.#submitEach();
    else if (accepted < 0) this.#refuse(this.#written.splice(0), accepted);
    else this.#accept(accepted);
    if (this.#written.length === 0) this.writer.clear();
    else this.#waitForRoom();
  }

  /** Takes from the deadlines the time since the calls, and ends what has none left. */
  #countDown(): void {
    const now = this.#queue.clock();
    let offset = 0;
    for (const pending of this.#written) {
      const left = pending.deadline - (now - pending.calledAt);
      if (pending.deadline !== 0 && !pending.settled) {
        if (left > 0) {
          this.writer.view.setUint32(offset + DEADLINE_OFFSET, Math.ceil(left), true);
        } else {
          const message = `timed out after ${pending.deadline} ms, before it could be sent`;
          this.#reject(pending, new AerospikeTimeoutError(message, { phase: "queue" }));
        }
      }
      offset += this.writer.view.getUint32(offset, true);
    }
  }

  /** The first `count` frames are the native queue's; what it has no room for stays, in order. */
  #accept(count: number): void {
    let offset = 0;
    for (const pending of this.#written.splice(0, count)) {
      pending.sent = true;
      offset += this.writer.view.getUint32(offset, true);
    }
    this.writer.discard(offset);
  }

  /** One frame of the burst is malformed, a fault of this package: it alone fails. */
  #submitEach(): void {
    for (;;) {
      const [pending] = this.#written;
      if (pending === undefined) return;
      const length = this.writer.view.getUint32(0, true);
      const status = this.#queue.submit(this.writer.bytes.slice(0, length), length);
      if (status === 0) return;
      if (status > 0) {
        this.#accept(1);
      } else {
        this.#refuse(this.#written.splice(0, 1), status);
        this.writer.discard(length);
      }
    }
  }

  #refuse(refused: readonly Pending[], status: number): void {
    for (const pending of refused) {
      this.#freeTag(pending.tag);
      if (pending.settled) continue;
      this.#reject(
        pending,
        status === MALFORMED
          ? new InternalError("the native library refused a frame as malformed")
          : new ClientClosedError(),
      );
    }
  }

  #waitForRoom(): void {
    this.#waitingTimer ??= setTimeout(() => {
      this.#waitingTimer = undefined;
      this.#submitWaiting();
    }, WAITING_CHECK_MS);
  }

  #submitWaiting(): void {
    if (this.#written.length > 0 && !this.#flushScheduled) this.#flush();
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
    this.#keep(to);
    this.#written = keep;
  }

  /** Keeps the first `length` bytes of the writer; an empty one gives back what made it large. */
  #keep(length: number): void {
    if (length === 0) this.writer.clear();
    else this.writer.truncate(length);
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
    let left = SLICE_BYTES;
    let more = true;
    while (more && left > 0) {
      if (this.#settledTo === this.#drained) {
        this.#settledTo = 0;
        this.#drained = this.#queue.drain(this.#drainBytes);
        more = this.#drained > 0;
        continue;
      }
      const offset = this.#settledTo;
      this.#settledTo = offset + this.#drainView.getUint32(offset, true);
      left -= HEADER_BYTES + this.#drainView.getUint32(offset + LENGTH_OFFSET, true);
      try {
        this.#complete(offset);
      } catch (error) {
        // A record that nobody waits for: reported as uncaught, and the rest still arrives.
        reportError(error);
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
    reply.length = view.getUint32(offset + LENGTH_OFFSET, true);
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
      if (LEVELS.indexOf(record.level) > level) continue;
      try {
        listener(record);
      } catch (error) {
        reportError(error);
      }
    }
  }

  async #close(): Promise<void> {
    // The closed record has to arrive, so the thread is held until then.
    this.#queue.hold();
    clearTimeout(this.#waitingTimer);
    clearInterval(this.#logTimer);
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#queue.beginClose();
    });
    this.#queue.release();
    await this.#queue.dispose();
  }
}

/** `aef_submit`: a frame is malformed, and none of the call was accepted. */
const MALFORMED = -2;
const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);
const LEVELS: readonly string[] = ["off", "error", "warn", "info", "debug", "trace"];
