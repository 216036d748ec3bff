/**
 * Ends in one of several ways, with a client that nobody closed and commands in flight.
 * Arguments: how, hosts, wake.
 */
import process from "node:process";
import { connect, Key } from "../../mod.ts";
import type { WakeMode } from "../../src/binding.ts";
import { echo, openQueue } from "../support/echo.ts";

const [how = "", hosts = "", wake] = process.argv.slice(2) as [string, string, WakeMode];
const client = await connect({ hosts, wake });
const key = new Key("test", "ending", how);
await client.put(key, { how });

const queue = openQueue({ wake });
/** Commands that complete all the while, so that the end falls between wake-ups. */
function keepBusy(): void {
  for (let i = 0; i < 32; i++) {
    (async () => {
      for (;;) await echo(queue, new Uint8Array(8));
    })();
  }
}

switch (how) {
  case "done":
    console.log(JSON.stringify((await client.get(key))?.bins));
    break;
  case "awaits":
    await echo(queue, new Uint8Array(1), { delay: 300 });
    console.log("answered");
    break;
  case "throws":
    keepBusy();
    setTimeout(() => {
      throw new Error("thrown on purpose");
    }, 100);
    break;
  case "rejects":
    keepBusy();
    setTimeout(() => {
      Promise.reject(new Error("rejected on purpose"));
    }, 100);
    break;
  case "exits":
    keepBusy();
    setTimeout(() => process.exit(7), 100);
    break;
  default:
    throw new Error(`unknown ending ${how}`);
}
