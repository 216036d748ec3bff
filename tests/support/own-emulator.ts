/**
 * Tests that have an emulator to themselves, because they make it misbehave.
 *
 * @module
 */
import { test } from "node:test";
import { type Client, connect, type ConnectOptions } from "../../mod.ts";
import { Emulator } from "../../emulator/mod.ts";

/** The emulator of one test, and a client of it. */
export class OwnEmulator {
  readonly emulator: Emulator;
  #client: Client;

  private constructor(emulator: Emulator, client: Client) {
    this.emulator = emulator;
    this.#client = client;
  }

  /** Starts the emulator and connects with these options. */
  static async start(options: ConnectOptions): Promise<OwnEmulator> {
    const emulator = await Emulator.start();
    return new OwnEmulator(emulator, await connect({ hosts: emulator.hosts, ...options }));
  }

  get client(): Client {
    return this.#client;
  }

  /** A client with other options in place of the one so far. */
  async reconnect(options: ConnectOptions): Promise<Client> {
    await this.#client.close();
    return this.#client = await connect({ hosts: this.emulator.hosts, ...options });
  }

  /** Ends both, whatever the test has left of them. */
  async close(): Promise<void> {
    this.emulator.fault();
    await this.#client.close({ drain: 0 });
    await this.emulator.close();
  }
}

/** Gives the function that declares such tests; their clients connect with these options. */
export function testOnEmulator(
  options: ConnectOptions = {},
): (name: string, body: (own: OwnEmulator) => Promise<void>) => void {
  return (name, body) => {
    test(name, async () => {
      const own = await OwnEmulator.start(options);
      try {
        await body(own);
      } finally {
        await own.close();
      }
    });
  };
}
