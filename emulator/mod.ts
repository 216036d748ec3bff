/**
 * An in-memory emulator of an Aerospike server, in this process: for tests and demos, with nothing to install.
 *
 * One node, or a cluster of several: `Emulator.start({ nodes: 3 })`.
 *
 * It answers as a Community Edition of version 8.1.2 does, and says so: `client.info("build")`.
 *
 * It is not a product database: it stores nothing on disk, has no security, and listens on the loopback interface
 * unless told otherwise. Every Aerospike client can talk to it.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 * import { Emulator } from "@aerospike-ts/client/emulator";
 *
 * await using server = await Emulator.start();
 * await using client = await connect({ hosts: server.hosts });
 * const key = new Key("test", "users", "alice");
 * await client.put(key, { name: "Alice" }, { ttl: 60 });
 * server.advance(62);
 * console.log(await client.get(key)); // null
 * ```
 *
 * @module
 */
import { Emulator } from "./emulator.ts";

export { Emulator };
export type { Key, UserKey } from "../src/key.ts";
export { EmulatorError } from "./error.ts";
export { EMULATOR_LIBRARY_VARIABLE } from "./library.ts";
export type {
  EmulatorCommand,
  EmulatorCommandKind,
  EmulatorFault,
  EmulatorMove,
  EmulatorNode,
  EmulatorOptions,
  EmulatorRecord,
  EmulatorStats,
} from "./types.ts";
