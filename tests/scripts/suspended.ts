/**
 * Is stopped in the middle of its commands and tells what became of them.
 * Arguments: where the commands are then (tests/support/suspend.ts), hosts, their time-out in milliseconds.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { type AerospikeError, type Client, connect, type Key } from "../../mod.ts";
import { keys, type Outcome, SENT, type Where } from "../support/suspend.ts";
import { until } from "../support/wait.ts";

const [where, hosts = "", timeout] = process.argv.slice(2) as [Where, string, string];
const totalTimeout = Number(timeout);
const say = (line: string) => writeSync(1, `${line}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ready(autoBatch: boolean): Promise<Client> {
  const client = await connect({
    hosts,
    autoBatch,
    // What is sent fills the line, and what waits in it the queue.
    ...(where === "sent" &&
      { maxConcurrentCommands: autoBatch ? 2 : SENT - 2, commandQueueTimeout: totalTimeout, queueCapacity: 40 }),
    // It shall not find out that its node is away.
    ...(where === "cut off" && { tendInterval: 60_000, maxErrorRate: 0 }),
  });
  await until("the direct path is ready", async () => (await client.stats()).direct.ready);
  for (const key of keys) await client.get(key);
  return client;
}

const client = await ready(false);
const joining = await ready(true);
const n = (record: { readonly bins: object } | null) => (record?.bins as { n?: unknown } | undefined)?.n;

type Command = readonly [what: string, call: (key: Key) => Promise<unknown>];
const get: Command = ["get", async (key) => n(await client.get(key, { totalTimeout }))];
const core: Command = ["get through core", async (key) => n(await client.get(key, { totalTimeout, readPath: "core" }))];
const joined: Command = ["get with others", async (key) => n(await joining.get(key, { totalTimeout }))];
const add: Command = ["add", (key) => client.add(key, { n: 1000 }, { totalTimeout }).then(() => null)];
const retried: Command = [
  "add with retries",
  (key) => client.add(key, { n: 1000 }, { totalTimeout, maxRetries: 2 }).then(() => null),
];
const batch = (readPath: "direct" | "core"): Command => [
  `batch on the ${readPath} path`,
  async (key) => {
    const rows = await client.batchRead([key, ...keys.slice(-5)], { totalTimeout, readPath });
    if (rows.foundCount !== 6) throw new Error(`only ${rows.foundCount} rows`);
    return n(rows.toArray()[0]?.record ?? null);
  },
];

const sent = [get, get, core, core, batch("direct"), batch("core"), batch("direct"), batch("core"), add, add]
  .concat([retried, retried, joined, joined]);
const waiting = [get, core, add, batch("direct"), batch("core"), retried, add, get];
const commands = (where === "sent" ? sent : []).concat(...Array.from({ length: 8 }, () => waiting));

const outcome = ([what, call]: Command, key: Key): Promise<Outcome> =>
  call(key).then(
    (value) => ({ what, value }),
    (error: AerospikeError) => ({ what, error: { message: error.message, inDoubt: error.inDoubt, sent: error.sent } }),
  );

say("connected");
await lines.next();
const outcomes = commands.map((command, i) => outcome(command, keys[i] as Key));
if (where !== "sent") say("called");
if (where === "called") process.kill(process.pid, "SIGSTOP");
await lines.next();
const first = await outcome(get, keys[0] as Key);
const settled = await Promise.all(outcomes);
const stored = await Promise.all(keys.map(async (key) => n(await client.get(key))));
say(JSON.stringify({ first, outcomes: settled, stored }));
process.exit();
