/**
 * Making clients, on any runtime.
 *
 * @module
 */

import type { Binding, NativeLibrary } from "./binding.ts";
import { Client } from "./client.ts";
import type { ClientSettings } from "./client-options.ts";
import type { FrameWriter } from "./codec/frame-writer.ts";
import { readError } from "./codec/reply-error.ts";
import { Command } from "./command.ts";
import { CompletionQueue, RecordKind, type Reply } from "./completion-queue.ts";
import { type ConnectOptions, readConnectOptions } from "./connect-options.ts";
import { InvalidArgumentError, LibraryError } from "./errors.ts";
import { loadLibrary } from "./library.ts";
import { Session } from "./session.ts";

/** Connects by a runtime's binding. */
export async function connectWith(binding: Binding, options: ConnectOptions | undefined): Promise<Client> {
  const settings = readConnectOptions(options, (name) => binding.env(name));
  return await openWith(binding, settings, Command.OPEN, (w) => w.utf8(settings.configuration));
}

/** Makes a client from the handle that a command gives. */
export async function openWith(
  binding: Binding,
  settings: ClientSettings,
  command: number,
  write: (w: FrameWriter) => void,
): Promise<Client> {
  if (settings.signal?.aborted) throw settings.signal.reason;
  const library = loadLibrary(binding, settings.library);
  const queue = acquireQueue(library, settings);
  const { log } = settings;
  // Before the command, so that it tells why a connection fails.
  if (log !== undefined) queue.listen(log.level, log.onLog);
  const leave = async () => {
    if (log !== undefined) queue.unlisten(log.onLog);
    await queue.release();
  };
  try {
    const cluster = await queue.send(
      {
        command,
        cluster: 0,
        deadline: 0,
        isWrite: false,
        signal: settings.signal,
        abandoned: (reply) => {
          // The handle may have come in the instant of the abort: nobody else would close it.
          const closed = reply?.kind === RecordKind.result
            ? queue.send(
              { command: Command.CLOSE, cluster: clusterOf(reply), deadline: 0, isWrite: false },
              (w) => w.u32(0),
              () => {},
            )
            : Promise.resolve();
          closed.finally(leave);
        },
      },
      write,
      (reply) => {
        if (reply.kind === RecordKind.result) return clusterOf(reply);
        throw readError(reply.code, reply.bytes, reply.offset, reply.length, {});
      },
    );
    const session = new Session({
      library,
      queue,
      cluster,
      policies: settings.policies,
      decode: settings.decode,
      undefinedBins: settings.undefinedBins,
      onLog: log?.onLog,
    });
    return new Client(session);
  } catch (error) {
    // After an abort the queue is needed until the command's record has come; `abandoned` leaves it then.
    if (settings.signal === undefined || error !== settings.signal.reason) await leave();
    throw error;
  }
}

function clusterOf(reply: Reply): number {
  return reply.view.getUint32(reply.offset, true);
}

function acquireQueue(library: NativeLibrary, settings: ClientSettings): CompletionQueue {
  try {
    return CompletionQueue.acquire(library, { capacity: settings.queueCapacity, wake: settings.wake });
  } catch (error) {
    const { wake } = settings;
    if (wake !== undefined && error instanceof TypeError) {
      // The binding's word that this runtime has no such wake.
      throw new InvalidArgumentError(`options.wake: ${error.message}`, { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    const cure = wake === "callback" ? `; wake "callback" needs --allow-ffi without a path, "wait" does not` : "";
    throw new LibraryError(`the native library could not open a queue: ${reason}${cure}`, { cause: error });
  }
}
