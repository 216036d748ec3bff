/**
 * The echo command: the binding without a server.
 *
 * @module
 */
import { CompletionQueue, RecordKind, type Reply } from "../../src/completion-queue.ts";
import { readError } from "../../src/codec/reply-error.ts";
import { loadLibrary } from "../../src/library.ts";
import type { WakeMode } from "../../src/binding.ts";
import { binding } from "./runtime.ts";

const ECHO = 1;
const PANIC = 2;

/** Options of one echo. */
export interface EchoOptions {
  /** Milliseconds until the answer. */
  readonly delay?: number;
  /** Milliseconds until it is over, 0 never. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Treat it as a write. */
  readonly isWrite?: boolean;
}

/** This thread's queue. */
export function openQueue(options: { capacity?: number; wake?: WakeMode } = {}): CompletionQueue {
  return CompletionQueue.acquire(loadLibrary(binding, undefined), { capacity: 4096, ...options });
}

/** Sends bytes and gives them back. */
export function echo(queue: CompletionQueue, payload: Uint8Array, options: EchoOptions = {}): Promise<Uint8Array> {
  return queue.send(
    {
      command: ECHO,
      cluster: 0,
      deadline: options.deadline ?? 0,
      isWrite: options.isWrite ?? false,
      signal: options.signal,
    },
    (writer) => {
      writer.u32(options.delay ?? 0);
      writer.blob(payload);
    },
    payloadOf,
  );
}

/** Panics in a task of the native library. */
export function panic(queue: CompletionQueue): Promise<Uint8Array> {
  return queue.send({ command: PANIC, cluster: 0, deadline: 0, isWrite: false }, () => {}, payloadOf);
}

function payloadOf(reply: Reply): Uint8Array {
  if (reply.kind !== RecordKind.result) {
    throw readError(reply.code, reply.bytes, reply.offset, reply.length, {});
  }
  return reply.bytes.slice(reply.offset, reply.offset + reply.length);
}
