/** A Worker that keeps commands in flight until it is terminated. */
import { connect, Key } from "../../mod.ts";
import type { WakeMode } from "../../src/binding.ts";
import { echo, openQueue } from "../support/echo.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ hosts: string; wake: WakeMode | "" }>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data }) => {
  const wake = data.wake === "" ? {} : { wake: data.wake };
  const client = await connect({ hosts: data.hosts, ...wake });
  const key = new Key("test", "workers", "busy");
  await client.put(key, { n: 0 });
  const queue = openQueue(wake);
  for (let i = 0; i < 32; i++) {
    (async () => {
      for (;;) await echo(queue, new Uint8Array(8));
    })();
    (async () => {
      for (;;) await client.get(key, { totalTimeout: 60_000 });
    })();
  }
  scope.postMessage("busy");
};
// Bun drops what is posted before the handler is there.
scope.postMessage("ready");
