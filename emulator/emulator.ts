import { Buffer } from "node:buffer";
import { encodeBins } from "../src/codec/particle.ts";
import { isKey, type Key } from "../src/key.ts";
import { booleanOption, checkNames, integerOption, invalidOption } from "../src/option-check.ts";
import { EmulatorError } from "./error.ts";
import { type EmulatorLibrary, loadEmulatorLibrary } from "./library.ts";
import type { EmulatorCommand, EmulatorFault, EmulatorOptions, EmulatorRecord, EmulatorStats } from "./types.ts";

const OPTIONS: readonly string[] = [
  "host",
  "port",
  "namespaces",
  "workers",
  "clusterName",
  "defaultTtl",
  "maxRecordSize",
  "recordCommands",
  "library",
];
const RECORD: readonly string[] = ["key", "bins", "ttl", "generation", "sendKey"];
/** The longest time to live in seconds; what is above has a meaning of its own. */
const TTL_LIMIT = 0xffff_fffd;
const GENERATION_LIMIT = 0xffff;

/** Records go to the native side in calls of so many. */
const LOAD_CHUNK = 1000;

/**
 * A running emulator of an Aerospike server. It listens until it is closed, and does not keep the process alive.
 *
 * ```ts
 * import { Emulator } from "@aerospike-ts/client/emulator";
 *
 * await using server = await Emulator.start({ recordCommands: 100 });
 * console.log(server.hosts); // 127.0.0.1:49152
 * console.log(server.stats().connectionsOpened); // 0
 * ```
 */
export class Emulator {
  /** The address that it listens on. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  readonly #library: EmulatorLibrary;
  readonly #server: number;
  #closed = false;

  private constructor(library: EmulatorLibrary, started: { server: number; host: string; port: number }) {
    this.#library = library;
    this.#server = started.server;
    this.host = started.host;
    this.port = started.port;
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

  /** Address and port, as `connect` takes them. */
  get hosts(): string {
    return this.host.includes(":") ? `[${this.host}]:${this.port}` : `${this.host}:${this.port}`;
  }

  /** Moves the clock that expiry follows by seconds, which may be fractional or negative. */
  advance(seconds: number): void {
    this.#call("advance", { seconds });
  }

  /** Forgets all records and commands and brings the clock back. Faults and connections stay. */
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
   * Misbehaves from now on, in place of the fault before; without an argument it behaves again.
   *
   * ```ts
   * import { Emulator } from "@aerospike-ts/client/emulator";
   *
   * await using server = await Emulator.start();
   * server.fault({ delayMs: 200, dataOnly: true });
   * server.fault();
   * ```
   */
  fault(fault: EmulatorFault = {}): void {
    this.#call("fault", { fault });
  }

  /** Goes away: connecting is refused and open connections end. Records stay. */
  pause(): void {
    this.#call("pause");
  }

  /** Comes back on the same port. */
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
