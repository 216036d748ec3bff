/**
 * The switches that keep reads off the direct path: the environment's, a client's and a call's.
 *
 * @module
 */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type Client, connect, type ConnectOptions, InvalidArgumentError, Key, type ReadStats } from "../mod.ts";
import { runScriptWith } from "./support/runtime.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { until } from "./support/wait.ts";

const { test, before, after } = suite();
const set = freshSet();
const key = new Key("test", set, "key");
const DIRECT = { readPath: "direct" } as const;
const CORE = { readPath: "core" } as const;

let server: TestServer;
before(async () => {
  server = await startServer();
  await server.client.put(key, { a: 1 });
});
after(() => server.close());

/** What the script saw in a process with this value of the variable. */
async function inProcess(variable: string, ...readPath: string[]): Promise<ReadStats & { read: unknown[] }> {
  const env = { AEROSPIKE_READ_PATH: variable };
  const ended = await runScriptWith(env, "read-path.ts", server.hosts, set, ...readPath);
  assertStrictEquals(ended.code, 0, ended.stderr);
  return JSON.parse(ended.stdout);
}

/** Reads once in each of the ways there are. */
async function readAll(client: Client, options: { readPath?: "direct" | "core" } = {}): Promise<void> {
  assertEquals({ ...(await client.get(key, options))?.bins }, { a: 1 });
  assertStrictEquals((await client.header(key, options))?.generation, 1);
  assertStrictEquals(await client.exists(key, options), true);
  assertEquals((await client.batchRead([key, key], options)).foundCount, 2);
}

/** Rows that went each way so far. */
async function rows(client: Client): Promise<[direct: number, core: number]> {
  const { direct, core } = await client.stats();
  return [direct.rows, core.rows];
}

/** A client whose direct path is ready. */
async function ready(options: ConnectOptions): Promise<Client> {
  const client = await connect({ hosts: server.hosts, ...options });
  await until("the direct path is ready", async () => (await client.stats()).direct.ready);
  return client;
}

const READ = [1, true, true, null, [1, 2, null]];

test("AEROSPIKE_READ_PATH=core sends every read of the process through core, whatever its options say", async () => {
  for (const readPath of [[], ["direct"], ["core"]]) {
    const { read, direct, core } = await inProcess("core", ...readPath);
    assertEquals(read, READ);
    assertEquals([direct.enabled, direct.ready, direct.connections], [false, false, 0]);
    assertEquals([direct.attempts, direct.rows, direct.answered, direct.fallbacks], [0, 0, 0, {}]);
    assertEquals([core.reads, core.rows], [5, 7]);
  }
});

test("without AEROSPIKE_READ_PATH, or with another value, reads are direct", async () => {
  for (const variable of ["", "direct"]) {
    const { read, direct, core } = await inProcess(variable);
    assertEquals(read, READ);
    assertEquals([direct.enabled, direct.answered, core.rows], [true, 7, 0]);
  }
});

test("a client's readPath keeps its reads off the direct path, and a call's does not open it", async () => {
  await using client = await connect({ hosts: server.hosts, ...CORE });
  await readAll(client);
  await readAll(client, DIRECT);
  assertStrictEquals((await client.stats()).direct.enabled, false);
  assertEquals(await rows(client), [0, 10]);
});

test("a policy's readPath is the default of its calls, and a call's wins", async () => {
  await using client = await ready({ policies: { read: CORE, batch: CORE } });
  await readAll(client);
  assertEquals(await rows(client), [0, 5]);
  await readAll(client, DIRECT);
  assertEquals(await rows(client), [5, 5]);
});

test("a call's readPath keeps it off the direct path, and only this call", async () => {
  await using client = await ready({});
  await readAll(client, CORE);
  assertEquals(await rows(client), [0, 5]);
  await readAll(client);
  await readAll(client, DIRECT);
  assertEquals(await rows(client), [10, 5]);
});

test("an unknown readPath is refused by name, wherever it stands", async () => {
  const { client, hosts } = server;
  for (const readPath of ["fast", "Core", "", 1, true, null, {}]) {
    const wrong = { readPath } as object;
    const refused: [() => Promise<unknown>, string][] = [
      [() => connect({ hosts, ...wrong }), "options.readPath"],
      [() => connect({ hosts, policies: { read: wrong } }), "options.policies.read.readPath"],
      [() => connect({ hosts, policies: { batch: wrong } }), "options.policies.batch.readPath"],
      [() => client.get(key, wrong), "options.readPath"],
      [() => client.header(key, wrong), "options.readPath"],
      [() => client.exists(key, wrong), "options.readPath"],
      [() => client.batchRead([key], wrong), "options.readPath"],
    ];
    for (const [call, path] of refused) {
      const error = await assertRejects(call, InvalidArgumentError, path);
      assertEquals(error.message.includes('"direct", "core"'), true, error.message);
    }
  }
  // It has a value that is known, but a write has no such option.
  await assertRejects(() => client.put(key, { a: 1 }, CORE as object), InvalidArgumentError, "options.readPath");
});
