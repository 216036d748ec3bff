import { Buffer } from "node:buffer";
import { encodeBins } from "../src/codec/particle.ts";
import { InvalidArgumentError } from "../src/errors.ts";
import { isKey, type Key } from "../src/key.ts";
import { booleanOption, checkNames, integerOption, invalidOption } from "../src/option-check.ts";
import { EmulatorError } from "./error.ts";
import { type EmulatorLibrary, loadEmulatorLibrary } from "./library.ts";
import type {
  EmulatorCommand,
  EmulatorFault,
  EmulatorMove,
  EmulatorNode,
  EmulatorOptions,
  EmulatorRecord,
  EmulatorStats,
} from "./types.ts";

const OPTIONS: readonly string[] = [
  "host",
  "port",
  "nodes",
  "replicationFactor",
  "namespaces",
  "workers",
  "clusterName",
  "defaultTtl",
  "maxRecordSize",
  "recordCommands",
  "library",
];
const FAULT: readonly string[] = [
  "node",
  "delayMs",
  "silence",
  "code",
  "commands",
  "truncate",
  "dataOnly",
  "dropConnections",
];
const MOVE: readonly string[] = ["namespace", "partitions", "to"];
const RECORD: readonly string[] = ["key", "bins", "ttl", "generation", "sendKey"];
/** The longest time to live in seconds; what is above has a meaning of its own. */
const TTL_LIMIT = 0xffff_fffd;
const GENERATION_LIMIT = 0xffff;
const LAST_PARTITION = 4095;
const COMMANDS_LIMIT = 0xffff_ffff;

/** Records go to the native side in calls of so many. */
const LOAD_CHUNK = 1000;

/**
 * A running emulator of an Aerospike server, or of a cluster of several nodes. It listens until it is closed, and does not keep the process alive.
 *
 * ```ts
 * import { Emulator } from "@aerospike-ts/client/emulator";
 *
 * await using server = await Emulator.start({ recordCommands: 100 });
 * console.log(server.hosts); // 127.0.0.1:49152
 * console.log(server.stats().connectionsOpened); // 0
 * ```
 *
 * The nodes of a cluster share their data. Each has a port and a name, masters about as many partitions as the others, and
 * passes on what it is asked for and does not own, as a real one does. Records that have copies on two nodes or more
 * (`replicationFactor`, 2 when absent) survive the loss of one: the others have them at once. Where a stopped node had the
 * only copy, its partitions get another master, which answers PARTITION_UNAVAILABLE (code 11) until the node is back with
 * them; a real cluster would lose the records, or forget them until then.
 */
export class Emulator {
  /** The address that its first node listens on. */
  readonly host: string;
  /** The port that its first node listens on. */
  readonly port: number;
  /** Address and port of every node, as `connect` takes them. One of them is enough to find the others. */
  readonly hosts: string;
  readonly #library: EmulatorLibrary;
  readonly #server: number;
  readonly #nodes: number;
  #closed = false;

  private constructor(library: EmulatorLibrary, started: { server: number; host: string; port: number }) {
    this.#library = library;
    this.#server = started.server;
    this.host = started.host;
    this.port = started.port;
    const { nodes } = this;
    this.#nodes = nodes.length;
    this.hosts = nodes.map(({ host, port }) => host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`).join();
  }

  /**
   * Starts an emulator.
   *
   * ```ts
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start({ namespaces: ["users", "sessions"] });
   * ```
   *
   * @throws {InvalidArgumentError} where the options are no object, or have one of another name
   * @throws {EmulatorError} when the native library is missing, an option is not valid, or the port is in use
   */
  static async start(options: EmulatorOptions = {}): Promise<Emulator> {
    checkOptions(options);
    const { library: path, ...config } = options;
    const library = await loadEmulatorLibrary(path);
    return new Emulator(library, library.call({ call: "start", config }));
  }

  /**
   * Its nodes, as they are now. Their place is the number that other members take.
   *
   * ```ts
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start({ nodes: 3 });
   * server.stopNode(1);
   * console.log(server.nodes.map(({ state }) => state)); // [ "up", "stopped", "up" ]
   * ```
   */
  get nodes(): readonly EmulatorNode[] {
    return this.#call("nodes");
  }

  /**
   * A node leaves the cluster: connecting to it is refused, its connections end, and its partitions move to the others. What
   * it had the only copy of is unavailable (code 11) until it is back. Stopping it again does nothing.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start({ nodes: 3 });
   * await using client = await connect({ hosts: server.hosts });
   * const key = new Key("test", "users", "alice");
   * await client.put(key, { name: "Alice" });
   * server.stopNode(0);
   * console.log((await client.get(key))?.bins); // { name: "Alice" }
   * ```
   *
   * @throws {InvalidArgumentError} where there is no such node
   */
  stopNode(node: number): void {
    this.#call("stopNode", { node: this.#number(node, "node") });
  }

  /**
   * A node that was stopped comes back on its port, with its records, and gets its partitions back. Starting one that is up
   * does nothing.
   *
   * @throws {InvalidArgumentError} where there is no such node
   * @throws {EmulatorError} where something else listens on its port by now
   */
  startNode(node: number): void {
    this.#call("startNode", { node: this.#number(node, "node") });
  }

  /**
   * Gives partitions another master, and returns how many they were. The old master stays on as a replica where there are
   * any. It lasts until a node comes or goes.
   *
   * ```ts
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start({ nodes: 3 });
   * server.movePartitions(); // each to the node that follows
   * server.movePartitions({ namespace: "test", partitions: [0, 17], to: 2 });
   * ```
   *
   * @throws {InvalidArgumentError} where an option has another name, or there is no such node or partition
   * @throws {EmulatorError} where there is no such namespace, or the node is stopped
   */
  movePartitions(move: EmulatorMove = {}): number {
    checkNames(move, "move", MOVE);
    if (move.to !== undefined) this.#number(move.to, "move.to");
    if (move.partitions !== undefined) {
      if (!Array.isArray(move.partitions)) {
        throw invalidOption(move.partitions, "move.partitions", "an array of numbers");
      }
      for (const [i, number] of move.partitions.entries()) {
        integerOption(number, `move.partitions[${i}]`, 0, LAST_PARTITION);
      }
    }
    return this.#call<{ moved: number }>("movePartitions", { move }).moved;
  }

  /** Moves the clock that expiry follows by seconds, which may be fractional or negative. */
  advance(seconds: number): void {
    this.#call("advance", { seconds });
  }

  /** Forgets all records, modules and commands, and brings the clock back. Faults and connections stay. */
  reset(): void {
    this.#call("reset");
  }

  /**
   * Stores records without a client, in place of those with the same keys, and returns how many they were.
   *
   * ```ts
   * import { Key } from "@aerospike-ts/client";
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start();
   * server.load([{ key: new Key("test", "users", "alice"), bins: { name: "Alice", age: 30 }, ttl: 60 }]);
   * ```
   *
   * @throws {InvalidArgumentError} where a record has a wrong field, or a bin that `put` does not take
   * @throws {EmulatorError} where the namespace does not exist or a server would not store the value
   */
  load(records: Iterable<EmulatorRecord>): number {
    let chunk: Record<string, unknown>[] = [];
    let first: Key | undefined;
    let count = 0;
    const flush = (): void => {
      if (first === undefined) return;
      this.#call("load", { namespace: first.namespace, set: first.set, records: chunk });
      chunk = [];
    };
    if (typeof (records as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
      throw invalidOption(records, "records", "an array of records, or another iterable");
    }
    for (const record of records) {
      checkRecord(record, `records[${count}]`);
      const { key } = record;
      const same = first !== undefined && first.namespace === key.namespace && first.set === key.set;
      if (!same || chunk.length === LOAD_CHUNK) flush();
      first = key;
      chunk.push(encodeRecord(record));
      count++;
    }
    flush();
    return count;
  }

  /** Keeps the last `limit` commands from now on; 0 keeps none. What was kept is forgotten. */
  recordCommands(limit = 1000): void {
    this.#call("record", { limit });
  }

  /** The commands that were kept, oldest first: see {@link EmulatorOptions.recordCommands}. */
  commands(): EmulatorCommand[] {
    return this.#call("commands");
  }

  /** Figures up to now. */
  stats(): EmulatorStats {
    return this.#call("stats");
  }

  /**
   * Misbehaves from now on, in place of the fault before; without an argument it behaves again. With a `node`, the others go
   * on as they do.
   *
   * ```ts
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start();
   * server.fault({ delayMs: 200, dataOnly: true });
   * server.fault();
   * ```
   *
   * @throws {InvalidArgumentError} where a member has another name, or there is no such node
   */
  fault(fault: EmulatorFault = {}): void {
    checkNames(fault, "fault", FAULT);
    if (fault.node !== undefined) this.#number(fault.node, "fault.node");
    if (fault.code !== undefined) integerOption(fault.code, "fault.code", 1, 255);
    if (fault.commands !== undefined) {
      integerOption(fault.commands, "fault.commands", 1, COMMANDS_LIMIT);
      if (fault.code === undefined) throw new InvalidArgumentError("fault.commands says nothing without fault.code");
    }
    this.#call("fault", { fault });
  }

  /** All its nodes go away at once: connecting is refused and open connections end. Records and partitions stay. */
  pause(): void {
    this.#call("pause");
  }

  /** Comes back on the same ports, but for nodes that are stopped. */
  resume(): void {
    this.#call("resume");
  }

  /** Ends it and forgets its records. Closing again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.resolve(this.#library.call({ call: "stop", server: this.#server }));
  }

  /** Closes it, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Checks the number of a node. */
  #number(node: unknown, path: string): number {
    return integerOption(node, path, 0, this.#nodes - 1);
  }

  #call<T>(call: string, parameters: Record<string, unknown> = {}): T {
    if (this.#closed) throw new EmulatorError("the emulator is closed");
    return this.#library.call<T>({ call, server: this.#server, ...parameters });
  }
}

function checkOptions(options: unknown): void {
  checkNames(options, "options", OPTIONS);
}

function checkRecord(record: unknown, path: string): void {
  checkNames(record, path, RECORD);
  const { key, ttl, generation, sendKey } = record;
  if (!isKey(key)) throw invalidOption(key, `${path}.key`, "a Key");
  if (ttl !== undefined && ttl !== "never") {
    if (typeof ttl !== "number") throw invalidOption(ttl, `${path}.ttl`, 'a number of seconds or "never"');
    integerOption(ttl, `${path}.ttl`, 1, TTL_LIMIT);
  }
  if (generation !== undefined) integerOption(generation, `${path}.generation`, 1, GENERATION_LIMIT);
  if (sendKey !== undefined) booleanOption(sendKey, `${path}.sendKey`);
}

function encodeRecord(record: EmulatorRecord): Record<string, unknown> {
  const { ttl } = record;
  return {
    key: encodeKey(record.key),
    bins: base64(encodeBins(record.bins)),
    ttl: ttl === "never" ? 0 : ttl,
    generation: record.generation,
    storeKey: record.sendKey,
  };
}

function encodeKey(key: Key): Record<string, unknown> {
  const value = key.userKey;
  switch (typeof value) {
    case "string":
      return { string: value };
    case "number":
    case "bigint":
      // In digits, because JSON numbers are doubles.
      return { integer: String(value) };
    case "undefined":
      return { digest: base64(key.digest) };
    default:
      return { bytes: base64(value) };
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
