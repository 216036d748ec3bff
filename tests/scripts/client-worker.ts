/** A Worker that does with its client what it is asked to: `tests/support/client-worker.ts`. */
import process from "node:process";
import { attach, type Client, connect, type ConnectOptions, Key, op } from "../../mod.ts";
import type { Asked } from "../support/client-worker.ts";
import { echo, openQueue } from "../support/echo.ts";
import { held } from "../support/rounds.ts";
import { until } from "../support/wait.ts";

const LONG = { totalTimeout: 60_000 };

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ id: number; what: keyof Asked; details: never }>) => void;
  postMessage(message: unknown): void;
  close?(): void;
};

let own: Client | undefined;

function client(): Client {
  if (own === undefined) throw new Error("there is no client yet");
  return own;
}

const keys = (set: string, count: number) => Array.from({ length: count }, (_, n) => new Key("test", set, n));

const answers: { [what in keyof Asked]: (details: Asked[what]) => unknown } = {
  connect: async ({ options }) => {
    own = await connect(options as ConnectOptions);
    return own.share();
  },
  attach: async ({ token, options }) => {
    own = await attach(token, options);
  },
  get: async ({ set, count }) => {
    const records = await Promise.all(keys(set, count).map((key) => client().get(key, LONG)));
    return records.map((record) => record?.bins["n"]);
  },
  busy: ({ set, count }) => {
    const queue = openQueue();
    const repeat = async (command: () => Promise<unknown>) => {
      for (;;) await command();
    };
    for (const key of keys(set, count)) {
      repeat(() => client().get(key, LONG));
      repeat(() => client().put(key, { n: 0, large: new Uint8Array(20_000) }, LONG));
      repeat(() => client().batchRead(keys(set, 100), LONG));
      repeat(() => echo(queue, new Uint8Array(8)));
    }
  },
  beginPuts: async ({ set, count }) => {
    // Not those in flight: some may be over before this thread looks.
    const accepted = () => client().counters().accepted;
    const before = accepted();
    for (const key of keys(set, count)) client().put(key, { n: 1 }, LONG).catch(() => {});
    await until("the commands are accepted", () => accepted() >= before + count);
  },
  everything: async ({ set }) => {
    const [first, second] = keys(set, 2) as [Key, Key];
    await client().put(first, { n: 1, text: "one" });
    await client().batchWrite([{ key: second, bins: { n: 2, text: "two" } }]);
    const columns = await client().batchReadColumns([first, second], { n: "i32", text: "string" });
    return {
      joined: (await Promise.all([first, second].map((key) => client().get(key)))).map((record) => record?.bins),
      batch: (await client().batchRead([second, first])).toArray().map((row) => row.record?.bins),
      columns: [[...columns.columns.n], columns.columns.text.toArray()],
      exists: await client().exists(first),
      added: (await client().operate(first, [op.add("n", 10), op.read("n")]))?.bins,
    };
  },
  abort: async ({ set }) => {
    const abort = new AbortController();
    const reads = client().get(new Key("test", set, 0), { ...LONG, signal: abort.signal });
    const error = reads.then(() => "none", (error) => (error as Error).name);
    await until("it is in flight", () => (held()["inFlight"] as number) > 0);
    abort.abort();
    return await error;
  },
  stats: () => client().stats(),
  close: async ({ drain }) => {
    await client().close(drain === undefined ? {} : { drain });
  },
  // Bun's Workers have no `close`.
  end: () => scope.close === undefined ? process.exit(0) : scope.close(),
};

scope.onmessage = async ({ data: { id, what, details } }) => {
  try {
    scope.postMessage({ id, result: await answers[what](details) });
  } catch (error) {
    const { name, message } = error as Error;
    scope.postMessage({ id, error: { name, message } });
  }
};
// Bun drops what is posted before the handler is there.
scope.postMessage("ready");
