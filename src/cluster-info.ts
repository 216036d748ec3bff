/**
 * What a client tells about its cluster.
 *
 * @module
 */

import type { CommandOptions } from "./policy.ts";

/** A node of the cluster. */
export interface NodeInfo {
  /** Its name, in hexadecimal digits. */
  readonly name: string;
  /** Its address. */
  readonly host: string;
  /** Its service port. */
  readonly port: number;
  /** Its version. */
  readonly version: string;
  /** Whether it answers. */
  readonly active: boolean;
  /** The connections that are open to it. */
  readonly connections: number;
}

/** What one node answered to a ping. */
export interface PingResult {
  /** The node's name. */
  readonly node: string;
  /** The time to its answer, in milliseconds. */
  readonly ms: number;
}

/** The pool of connections to one node. */
export interface NodeConnections {
  /** The node's name. */
  readonly node: string;
  /** Connections that are open. */
  readonly open: number;
  /** Those of them that a command uses. */
  readonly inUse: number;
  /** Those of them that wait for a command. */
  readonly idle: number;
  /** Those of them that wait for the reply of a command that is over. */
  readonly recovering: number;
}

/**
 * What the reads of a cluster did since it was opened, those of all its clients together, and which writes went the same
 * way. Reads of several keys count once, their rows one by one.
 */
export interface ReadStats {
  /** Reads on the direct path. */
  readonly direct: {
    /** Whether it is open at all: not with a login, TLS, `readPath: "core"` or fewer than four connections a node. */
    readonly enabled: boolean;
    /** Whether it knows which node has which partition; until then reads go through core. */
    readonly ready: boolean;
    /** Its connections to all nodes. */
    readonly connections: number;
    /** Requests that it sent. */
    readonly attempts: number;
    /** Rows that they asked for. */
    readonly rows: number;
    /** Rows that got a clean answer. */
    readonly answered: number;
    /** Writes of one record that it sent; they are in none of the other numbers. */
    readonly writes: number;
    /**
     * Rows that were left to core, by reason: `options`, `unmapped`, `paused`, `busy` (nothing was sent), `connect`,
     * `lost`, `late`, `behind`, `malformed`, `code` (the server's error), `unanswered`.
     */
    readonly fallbacks: { readonly [reason: string]: number };
  };
  /** Reads through core. */
  readonly core: {
    /** Commands. */
    readonly reads: number;
    /** Their rows. */
    readonly rows: number;
  };
}

/** Info answers, by node name and command. */
export type InfoAnswers = { readonly [node: string]: { readonly [command: string]: string } };

/** The native library's counters of this process. */
export interface Counters {
  /** Queues: one for each thread that has a client. */
  readonly queues: number;
  /** Clusters that are open. */
  readonly clusters: number;
  /** Commands in flight. */
  readonly inFlight: number;
  /** Large results that wait to be fetched. */
  readonly resultsHeld: number;
  /** Their bytes. */
  readonly resultBytesHeld: number;
  /** Commands accepted so far. */
  readonly accepted: number;
  /** Completions delivered so far. */
  readonly completed: number;
  /** How often a thread was woken so far. */
  readonly rings: number;
  /** Clients of those clusters: those that connected, and those that attached. */
  readonly users: number;
}

/** The options of what asks the cluster itself. */
export interface AdminOptions extends CommandOptions {
  /** The bound on the answer, in milliseconds. Default 3000. */
  readonly timeout?: number | undefined;
}

/** The options of `info`. */
export interface InfoOptions extends AdminOptions {
  /** The node to ask, by name or `host:port`; any one when it is absent. */
  readonly node?: string | undefined;
  /** Asks all nodes. */
  readonly all?: boolean | undefined;
}

/** The options of `close`. */
export interface CloseOptions {
  /** How long commands that run or wait may go on, in milliseconds, before they are cancelled. Default 5000. */
  readonly drain?: number | undefined;
}
