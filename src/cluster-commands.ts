/**
 * The commands that ask the cluster itself, or what the library knows of it.
 *
 * @module
 */

import type {
  AdminOptions,
  Counters,
  InfoAnswers,
  InfoOptions,
  NodeConnections,
  NodeInfo,
  PingResult,
  ReadStats,
} from "./cluster-info.ts";
import { type ClusterToken, tokenOf } from "./cluster-token.ts";
import type { FrameWriter } from "./codec/frame-writer.ts";
import { Command } from "./command.ts";
import type { Reply } from "./completion-queue.ts";
import { ClientClosedError, InvalidArgumentError } from "./errors.ts";
import { booleanOption, checkNames, integerOption, MS_LIMIT, signalOption, stringOption } from "./option-check.ts";
import { isFailure, type Session } from "./session.ts";
import { COUNTERS } from "./symbols.ts";

/** The names of {@link AdminOptions}. */
export const ADMIN_OPTIONS: readonly string[] = ["timeout", "signal"];

const INFO_OPTIONS: readonly string[] = [...ADMIN_OPTIONS, "node", "all"];
const ADMIN_TIMEOUT = 3000;
/** The native side tells by node what timed out; the frame's own deadline only stands behind that. */
const ADMIN_MARGIN = 1000;
const INFO_LIMIT = 1024;
const decoder: TextDecoder = new TextDecoder();

/** Sends a command that has a timeout instead of a policy, and that is answered in JSON. */
export function administer<T>(
  session: Session,
  command: number,
  options: AdminOptions | undefined,
  write: (w: FrameWriter, timeout: number) => void,
  valid: readonly string[] = ADMIN_OPTIONS,
): Promise<T> {
  let timeout: number;
  let signal: AbortSignal | undefined;
  try {
    ({ timeout, signal } = adminCall(session, options, valid));
  } catch (error) {
    return Promise.reject(error);
  }
  const submission = { command, cluster: session.cluster, deadline: timeout + ADMIN_MARGIN, isWrite: false, signal };
  return session.queue.send(submission, (w) => write(w, timeout), (reply) => {
    if (isFailure(reply)) throw session.error(reply, {});
    return readJson<T>(reply);
  });
}

/** What such a command goes by; throws where the client is closed, an option is wrong, or the signal has aborted. */
export function adminCall(
  session: Session,
  options: AdminOptions = {},
  valid: readonly string[] = ADMIN_OPTIONS,
): { readonly timeout: number; readonly signal: AbortSignal | undefined } {
  if (session.closing !== undefined) throw new ClientClosedError();
  checkNames(options, "options", valid);
  const { timeout = ADMIN_TIMEOUT, signal }: AdminOptions = options;
  integerOption(timeout, "options.timeout", 1, MS_LIMIT);
  if (signal !== undefined && signalOption(signal, "options.signal").aborted) throw signal.reason;
  return { timeout, signal };
}

function readJson<T>(reply: Reply): T {
  return JSON.parse(decoder.decode(reply.bytes.subarray(reply.offset, reply.offset + reply.length))) as T;
}

/** For {@link Client.nodes}. */
export function listNodes(session: Session, options: AdminOptions | undefined): Promise<NodeInfo[]> {
  return administer(session, Command.NODES, options, () => {});
}

/** For {@link Client.connections}. */
export function listConnections(session: Session, options: AdminOptions | undefined): Promise<NodeConnections[]> {
  return administer(session, Command.CONNECTIONS, options, () => {});
}

/** For {@link Client.stats}. */
export function readStats(session: Session, options: AdminOptions | undefined): Promise<ReadStats> {
  return administer(session, Command.STATS, options, () => {});
}

/** For {@link Client.ping}. */
export function pingNodes(session: Session, options: AdminOptions | undefined): Promise<PingResult[]> {
  return administer(session, Command.PING, options, (w, timeout) => w.utf8(JSON.stringify({ timeout })));
}

/** For {@link Client.warmUp}. */
export async function warmUp(
  session: Session,
  connectionsPerNode: number,
  options: AdminOptions | undefined,
): Promise<number> {
  const { opened } = await administer<{ opened: number }>(session, Command.WARM_UP, options, (w, timeout) => {
    w.u32(integerOption(connectionsPerNode, "connectionsPerNode", 1, 100_000));
    w.u32(timeout);
  });
  return opened;
}

/** For {@link Client.info}. */
export function sendInfo(
  session: Session,
  commands: string | readonly string[],
  options: InfoOptions | undefined,
): Promise<InfoAnswers> {
  return administer(session, Command.INFO, options, (w, timeout) => {
    w.utf8(JSON.stringify({ ...infoBody(commands, options), timeout }));
  }, INFO_OPTIONS);
}

function infoBody(commands: string | readonly string[], options: InfoOptions | undefined): Record<string, unknown> {
  const list = typeof commands === "string" ? [commands] : commands;
  if (!Array.isArray(list) || list.length === 0 || list.length > INFO_LIMIT) {
    throw new InvalidArgumentError(`commands are a string, or a list of 1 to ${INFO_LIMIT} strings`);
  }
  const body: Record<string, unknown> = {
    commands: Array.from(list, (command: unknown, at) => infoCommand(command, `commands[${at}]`)),
  };
  if (options?.node !== undefined) body.node = stringOption(options.node, "options.node");
  if (options?.all !== undefined) body.all = booleanOption(options.all, "options.all");
  if (body.node !== undefined && body.all === true) {
    throw new InvalidArgumentError("options.node and options.all exclude each other");
  }
  return body;
}

function infoCommand(command: unknown, path: string): string {
  const text = stringOption(command, path);
  if (/[\r\n\t\0]/.test(text)) {
    throw new InvalidArgumentError(`${path} has a line break, a tab or a NUL: one command each`);
  }
  return text;
}

/** For {@link Client.share}. */
export function shareCluster({ closing, library, cluster }: Session): ClusterToken {
  const bytes = closing === undefined ? library.shareCluster(cluster) : undefined;
  if (bytes === undefined) throw new ClientClosedError();
  return tokenOf(bytes);
}

/** For {@link Client.isConnected}. */
export function isConnected({ closing, library, cluster }: Session): boolean {
  return closing === undefined && library.clusterConnected(cluster) === 1;
}

/** For {@link Client.counters}. */
export function readCounters({ library }: Session): Counters {
  const values = library.counters();
  return Object.fromEntries(COUNTERS.map((name, at) => [name, values[at] ?? 0])) as unknown as Counters;
}
