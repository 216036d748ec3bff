import type { Key } from "../src/key.ts";

/** How an emulator is set up. */
export interface EmulatorOptions {
  /** Address to listen on, `127.0.0.1` when absent. One that is not loopback exposes the data to the network. */
  readonly host?: string | undefined;
  /** Port to listen on; 0, the default, picks a free one. Other nodes get free ones too, or the ports that follow. */
  readonly port?: number | undefined;
  /** Nodes of the cluster, 1 to 16; 1 when absent. */
  readonly nodes?: number | undefined;
  /** Copies of each record, 1 to 16 but never more than there are nodes up; 2 when absent. */
  readonly replicationFactor?: number | undefined;
  /** Namespaces, `test` and `bar` when absent. */
  readonly namespaces?: readonly string[] | undefined;
  /** Native threads that serve connections, 2 when absent. */
  readonly workers?: number | undefined;
  /** Name of the cluster, none when absent. */
  readonly clusterName?: string | undefined;
  /** Seconds that a record lives when a command does not say it; 0, the default, is for ever. */
  readonly defaultTtl?: number | undefined;
  /** Bytes of the largest record, 1 MiB when absent. */
  readonly maxRecordSize?: number | undefined;
  /** How many of the last commands {@link Emulator.commands} keeps; 0, the default, keeps none. */
  readonly recordCommands?: number | undefined;
  /** File of the native library; else `AEROSPIKE_EMULATOR_LIBRARY` names it, else it is the local build. */
  readonly library?: string | undefined;
}

/** A record for {@link Emulator.load}. */
export interface EmulatorRecord {
  /** Its key. */
  readonly key: Key;
  /** Its bins, with the values that `put` takes. */
  readonly bins: object;
  /** Seconds to live, or `"never"`; the namespace's default when absent. */
  readonly ttl?: number | "never" | undefined;
  /** Its generation, 1 when absent. */
  readonly generation?: number | undefined;
  /** Whether the user key is stored with it, as `put` does with `sendKey`. */
  readonly sendKey?: boolean | undefined;
}

/** What a command did. */
export type EmulatorCommandKind = "read" | "exists" | "write" | "remove" | "operate" | "apply" | "query" | "batch";

/** A command that the emulator was sent. Rows of a batch follow an entry of the kind `"batch"`. */
export interface EmulatorCommand {
  /** What it did. */
  readonly kind: EmulatorCommandKind;
  /** Its namespace, empty for a batch. */
  readonly namespace: string;
  /** Its set. */
  readonly set: string;
  /** Its digest in hexadecimal digits, empty for a batch or a query. */
  readonly digest: string;
  /** The four bytes of bits of its message. */
  readonly info: readonly [number, number, number, number];
  /** Names of the bins in its operations. */
  readonly bins: readonly string[];
  /** The generation that it expected. */
  readonly generation: number;
  /** Its time to live as sent: seconds, 0 default, 4294967295 never, 4294967294 keep. */
  readonly ttl: number;
  /** Number of the batch that it belongs to, 0 for none. */
  readonly batch: number;
  /** Number of rows of a batch, else 0. */
  readonly rows: number;
  /** Number of the node that was asked: its place in {@link Emulator.nodes}. */
  readonly node: number;
  /** Whether that node passed it on: a read of which it has no copy, a write of which it is not the master. */
  readonly proxied: boolean;
}

/** One node of an emulator. */
export interface EmulatorNode {
  /** Its name, as clients show it. */
  readonly name: string;
  /** The address that it listens on. */
  readonly host: string;
  /** The port that it listens on, also after it was stopped and started. */
  readonly port: number;
  /** `"stopped"` from {@link Emulator.stopNode} to {@link Emulator.startNode}. */
  readonly state: "up" | "stopped";
  /** Partitions of the first namespace that it is the master of, of 4096. */
  readonly masters: number;
}

/** What {@link Emulator.movePartitions} moves. */
export interface EmulatorMove {
  /** Namespace whose partitions move; all of them when absent. */
  readonly namespace?: string | undefined;
  /** Numbers of the partitions, 0 to 4095; all of them when absent. */
  readonly partitions?: readonly number[] | undefined;
  /** Number of the node that becomes their master; when absent, the node that follows the old one. */
  readonly to?: number | undefined;
}

/** How an emulator misbehaves. Absent members are off. */
export interface EmulatorFault {
  /** Number of the node that does; all of them when absent. */
  readonly node?: number | undefined;
  /** Milliseconds that every answer waits. */
  readonly delayMs?: number | undefined;
  /** Requests are read and never answered, nor are those that follow on the same connection. */
  readonly silence?: boolean | undefined;
  /** Commands are not run and answered with this result code, 1 to 255; a batch as a whole. */
  readonly code?: number | undefined;
  /**
   * With `code`: so many of the next commands on a record are answered with it, rows of batches each on its own, and the
   * others are run.
   */
  readonly commands?: number | undefined;
  /** So many of the next answers are cut in half and their connection closed. */
  readonly truncate?: number | undefined;
  /** Spares info requests, so that clients still consider the server healthy. */
  readonly dataOnly?: boolean | undefined;
  /** Closes every open connection once; new ones are accepted. */
  readonly dropConnections?: boolean | undefined;
}

/** Figures of an emulator, of all its nodes. */
export interface EmulatorStats {
  /** Connections accepted in all. */
  readonly connectionsOpened: number;
  /** Connections open now. */
  readonly connectionsOpen: number;
  /** Single-record commands and queries. */
  readonly commands: number;
  /** Batches. */
  readonly batches: number;
  /** Rows of batches. */
  readonly batchRows: number;
  /** Commands and rows that a node passed on to the one that owns the partition. */
  readonly proxied: number;
  /** Info requests. */
  readonly infoRequests: number;
  /** Records that are stored and not expired. */
  readonly records: number;
}
