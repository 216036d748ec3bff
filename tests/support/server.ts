/**
 * The server that the suite runs on: the cluster that AEROSPIKE_HOSTS names, else an emulator of this process.
 *
 * @module
 */
import process from "node:process";
import { type Client, connect, type ConnectOptions } from "../../mod.ts";
import { Emulator } from "../../emulator/mod.ts";

/** The external cluster, if there is one. */
export const externalHosts: string | undefined = process.env["AEROSPIKE_HOSTS"] || undefined;

/** A server, and a client of it. */
export interface TestServer {
  readonly hosts: string;
  /** Undefined on an external cluster. */
  readonly emulator: Emulator | undefined;
  readonly client: Client;
  close(): Promise<void>;
}

/** Starts the emulator where there is no cluster, and connects. */
export async function startServer(options: ConnectOptions = {}): Promise<TestServer> {
  const emulator = externalHosts === undefined ? await Emulator.start() : undefined;
  const hosts = emulator?.hosts ?? externalHosts ?? "";
  const client = await connect({ hosts, ...options });
  return {
    hosts,
    emulator,
    client,
    close: async () => {
      await client.close();
      await emulator?.close();
    },
  };
}

let sets = 0;

/** A set that no other test of this run writes to, so that the suite can run on a cluster with data. */
export function freshSet(): string {
  return `t${process.pid.toString(36)}${Date.now().toString(36)}${sets++}`;
}
