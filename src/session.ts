/**
 * What all commands of a client share: the way to the cluster, the defaults, and the end.
 *
 * @module
 */

import type { NativeLibrary } from "./binding.ts";
import type { CloseOptions } from "./cluster-info.ts";
import type { FrameWriter } from "./codec/frame-writer.ts";
import type { UndefinedBins } from "./codec/particle.ts";
import { blocksUnder, type PolicyBlock, type PolicyBlocks } from "./codec/policy.ts";
import { type ErrorContext, readError } from "./codec/reply-error.ts";
import { Command } from "./command.ts";
import { type CompletionQueue, type LogRecord, RecordKind, type Reply } from "./completion-queue.ts";
import { ClientClosedError } from "./errors.ts";
import type { Key } from "./key.ts";
import type { SetSettings } from "./namespace.ts";
import { checkNames, checkObject, integerOption, MS_LIMIT, signalOption } from "./option-check.ts";
import type { CommandOptions } from "./policy.ts";
import { Code } from "./result-code.ts";
import { type DeclaredBins, readBinTypes } from "./values/bin-type.ts";
import type { BinDecodeOptions } from "./values/value.ts";

/** What a session is made of. */
export interface SessionParts {
  /** The library. */
  readonly library: NativeLibrary;
  /** This thread's queue. */
  readonly queue: CompletionQueue;
  /** The cluster's handle. */
  readonly cluster: number;
  /** The encoded policies. */
  readonly policies: PolicyBlocks;
  /** How values come back. */
  readonly decode: BinDecodeOptions;
  /** What a write does about a bin that is undefined. */
  readonly undefinedBins: UndefinedBins;
  /** What the bins of a set are declared to hold. */
  readonly declared?: DeclaredBins | undefined;
  /** What listens to the log, to be taken away at the end. */
  readonly onLog: ((record: LogRecord) => void) | undefined;
}

/** What a command's options have whatever it does. */
export type SendOptions = CommandOptions & { readonly totalTimeout?: number | undefined };

const DRAIN_MS = 5000;

/** A client's way to its cluster. */
export class Session {
  /** The library. */
  readonly library: NativeLibrary;
  /** This thread's queue. */
  readonly queue: CompletionQueue;
  /** The cluster's handle. */
  readonly cluster: number;
  /** The encoded policies. */
  readonly policies: PolicyBlocks;
  /** How values come back. */
  readonly decode: BinDecodeOptions;
  /** What a write does about a bin that is undefined. */
  readonly undefinedBins: UndefinedBins;
  readonly #declared: DeclaredBins | undefined;
  readonly #onLog: ((record: LogRecord) => void) | undefined;
  /** The session that is closed; another one where this one has the settings of a set. */
  readonly #owner: Session;
  #closed: Promise<void> | undefined;

  /** Made when a cluster has been opened; with an `owner`, for a set. */
  constructor(parts: SessionParts, owner?: Session) {
    this.#owner = owner ?? this;
    this.library = parts.library;
    this.queue = parts.queue;
    this.cluster = parts.cluster;
    this.policies = parts.policies;
    this.decode = parts.decode;
    this.undefinedBins = parts.undefinedBins;
    this.#declared = parts.declared;
    this.#onLog = parts.onLog;
  }

  /** Its end, from the moment that it was asked for. */
  get closing(): Promise<void> | undefined {
    return this.#owner.#closed;
  }

  /** This session with what a set has of its own. */
  under({ bins, policies }: SetSettings): Session {
    const { declared, decode } = readBinTypes(bins, "options.bins", this.decode);
    return new Session({
      ...{ library: this.library, queue: this.queue, cluster: this.cluster },
      policies: blocksUnder(this.policies, policies, "options.policies"),
      ...{ decode, declared, undefinedBins: this.undefinedBins, onLog: undefined },
    }, this.#owner);
  }

  /**
   * Sends a command under a policy. `write` puts its body into the frame: what it throws rejects the command, and nothing
   * is sent. `settle` turns the reply into the result, or throws what the command rejects with.
   */
  send<T>(
    command: number,
    policy: PolicyBlock,
    options: SendOptions | undefined,
    isWrite: boolean,
    write: (w: FrameWriter) => void,
    settle: (reply: Reply) => T,
  ): Promise<T> {
    if (this.closing !== undefined) return Promise.reject(new ClientClosedError());
    let deadline = policy.totalTimeout;
    let signal: AbortSignal | undefined;
    if (options !== undefined) {
      try {
        // The rest is checked while it is written; these two the queue uses before that.
        checkObject(options, "options");
        deadline = policy.deadline(options);
        signal = options.signal;
        if (signal !== undefined) signalOption(signal, "options.signal");
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const submission = { command, cluster: this.cluster, deadline, isWrite, signal };
    const declared = this.#declared;
    if (declared === undefined) return this.queue.send(submission, write, settle);
    return this.queue.send(submission, (w) => {
      w.declared = declared;
      try {
        write(w);
      } finally {
        w.declared = undefined;
      }
    }, settle);
  }

  /** No record, or one that a filter hides: null. Anything else is an error. */
  missed(reply: Reply, key: Key): null {
    if (isFailure(reply)) throw this.error(reply, { key });
    return null;
  }

  /** The error that a reply is. */
  error(reply: Reply, context: ErrorContext): Error {
    const error = readError(reply.code, reply.bytes, reply.offset, reply.length, context);
    if (reply.code !== Code.CANCELLED || this.closing === undefined) return error;
    const { inDoubt, sent, phase, node, namespace, set, digest } = error;
    return new ClientClosedError("the client was closed while the command ran", {
      inDoubt,
      sent,
      phase,
      node,
      namespace,
      set,
      digest,
    });
  }

  /** Refuses new commands, and ends when those that run are over or cancelled. A second call gives the same promise. */
  close(options: CloseOptions | undefined): Promise<void> {
    if (this.closing !== undefined) return this.closing;
    let drain = DRAIN_MS;
    try {
      if (options !== undefined) {
        checkNames(options, "options", ["drain"]);
        if (options.drain !== undefined) drain = integerOption(options.drain, "options.drain", 0, MS_LIMIT);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    this.#closed = this.#close(drain);
    return this.#closed;
  }

  async #close(drain: number): Promise<void> {
    const submission = { command: Command.CLOSE, cluster: this.cluster, deadline: 0, isWrite: false };
    try {
      const left = await this.queue.handOver(this.cluster, drain);
      await this.queue.send(submission, (w) => w.u32(left), (reply) => {
        if (isFailure(reply)) throw this.error(reply, {});
      });
    } catch (error) {
      // What somebody else has closed, for example the end of the process, is closed.
      if (!(error instanceof ClientClosedError)) throw error;
    } finally {
      if (this.#onLog !== undefined) this.queue.unlisten(this.#onLog);
      await this.queue.release();
    }
  }
}

/** Whether a reply is an error. */
export function isFailure(reply: Reply): boolean {
  return reply.kind !== RecordKind.result;
}

/** A reply's bytes for good: what came inline stands in a buffer that the next completions overwrite. */
export function ownBytes(reply: Reply): Uint8Array {
  return reply.owned ? reply.bytes : reply.bytes.slice(reply.offset, reply.offset + reply.length);
}
