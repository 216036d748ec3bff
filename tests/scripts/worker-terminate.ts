/**
 * Terminates Workers that have commands in flight, one after the other; the process lives on and its own client works.
 * Arguments: hosts, wake.
 */
import process from "node:process";
import { connect, Key } from "../../mod.ts";

const [hosts = "", wake = ""] = process.argv.slice(2);
const ROUNDS = 8;
for (let round = 0; round < ROUNDS; round++) {
  const worker = new Worker(new URL("./busy-worker.ts", import.meta.url).href, { type: "module" });
  await new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data }) => data === "ready" ? worker.postMessage({ hosts, wake }) : resolve();
    worker.onerror = (event) => reject(new Error(event.message));
  });
  await new Promise((resolve) => setTimeout(resolve, 20 + 10 * (round % 4)));
  worker.terminate();
}
await using client = await connect({ hosts });
const key = new Key("test", "workers", "after");
await client.put(key, { rounds: ROUNDS });
console.log(JSON.stringify((await client.get(key))?.bins));
