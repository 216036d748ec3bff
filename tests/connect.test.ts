import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects, assertStrictEquals } from "@std/assert";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  AerospikeConnectionError,
  AerospikeError,
  type Client,
  ClientClosedError,
  connect,
  type ConnectOptions,
  InvalidArgumentError,
  Key,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { isBun, run, runScript } from "./support/runtime.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { refusedHost, SilentPort } from "./support/silent-port.ts";
import { pause, until, untilBusy } from "./support/wait.ts";

/** What a bound may be exceeded by on a busy machine. */
const SLACK_MS = 5_000;
const set = freshSet();

/** Connecting fails with an error of the connection, in bounded time, that names the host. */
async function assertNoConnection(options: ConnectOptions, names: string): Promise<AerospikeError> {
  const start = performance.now();
  const error = await assertRejects(() => connect(options), AerospikeConnectionError, names);
  const took = performance.now() - start;
  assertLess(took, (options.connectTimeout ?? 5_000) + SLACK_MS, `${Math.round(took)} ms`);
  return error;
}

async function assertWorks(client: Client): Promise<void> {
  const key = new Key("test", set, "works");
  await client.put(key, { works: true });
  assertEquals({ ...(await client.get(key))?.bins }, { works: true });
}

/** The server, closed at the end of a block. */
async function started(): Promise<TestServer & AsyncDisposable> {
  const server = await startServer();
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

test("hosts: a text, a list in a text, lists, objects; each connects", async () => {
  await using server = await started();
  const [host = "", port = ""] = server.hosts.split(",")[0]?.split(":") ?? [];
  const name = host === "127.0.0.1" ? "localhost" : host;
  const forms: ConnectOptions["hosts"][] = [
    `${host}:${port}`,
    ` ${host}:${port} , ${name}:${port}`,
    [`${host}:${port}`],
    [{ host, port: Number(port) }],
    [{ host, port: Number(port) }, { host: name, port: Number(port) }],
  ];
  for (const hosts of forms) {
    await using client = await connect({ hosts });
    assert(client.isConnected());
    await assertWorks(client);
  }
});

test("hosts that are none are refused before anything is tried", async () => {
  const wrong = ["", ":3000", "a:b", "a:0", "a:65536", "a:1:2:3", "[::1", [], [""], [5], [{}], [{
    host: "a",
    port: 0,
  }]];
  for (const hosts of [...wrong, [{ host: "a", nope: 1 }], [{ host: "a", port: "3000" }], {}, 5, null]) {
    const error = await assertRejects(() => connect({ hosts } as ConnectOptions), InvalidArgumentError, "hosts");
    assertStrictEquals(error.sent, false);
  }
});

test("AEROSPIKE_HOSTS names the hosts when the option does not", async () => {
  await using emulator = await Emulator.start();
  const right = await runScript("connect.ts", emulator.hosts, "-");
  assertEquals([right.code, right.stdout.trim()], [0, "connected"], right.stderr);
  const wrong = await runScript("connect.ts", "nonsense:port", "-");
  assert(/InvalidArgumentError.*AEROSPIKE_HOSTS/.test(wrong.stdout), wrong.stdout + wrong.stderr);
  const both = await runScript("connect.ts", "nonsense:port", emulator.hosts);
  assertEquals([both.code, both.stdout.trim()], [0, "connected"], both.stderr);
});

test("a refused port: an error that names it", async () => {
  const host = await refusedHost();
  await assertNoConnection({ hosts: host, connectTimeout: 3_000 }, host);
});

test("a host that does not exist: an error that names it", async () => {
  await assertNoConnection({ hosts: "no-such-host.invalid:3000", connectTimeout: 3_000 }, "no-such-host.invalid");
});

test("a port that accepts and says nothing: an error in bounded time", async () => {
  using silent = await SilentPort.open();
  await assertNoConnection({ hosts: silent.host, connectTimeout: 1_000 }, silent.host);
});

test("an address that does not answer: an error in bounded time", async () => {
  // TEST-NET-1: nobody's.
  await assertNoConnection({ hosts: "192.0.2.1:3000", connectTimeout: 1_000 }, "192.0.2.1");
});

test("another cluster's name is refused, by the name that was asked for", async () => {
  await using emulator = await Emulator.start({ clusterName: "blue" });
  {
    await using client = await connect({ hosts: emulator.hosts, clusterName: "blue" });
    await assertWorks(client);
  }
  const error = await assertNoConnection(
    { hosts: emulator.hosts, clusterName: "green", connectTimeout: 3_000 },
    emulator.hosts,
  );
  assert(error.message.includes("green"), error.message);
});

test("one dead seed, one silent and one good: it connects", async () => {
  await using emulator = await Emulator.start();
  using silent = await SilentPort.open();
  const dead = await refusedHost();
  for (const hosts of [[dead, emulator.hosts], [silent.host, emulator.hosts], [dead, silent.host, emulator.hosts]]) {
    await using client = await connect({ hosts, connectTimeout: 5_000 });
    await assertWorks(client);
  }
});

test("an abort ends connecting with its reason", async () => {
  using silent = await SilentPort.open();
  const reason = new Error("enough");
  const start = performance.now();
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  const error = await assertRejects(() =>
    connect({ hosts: silent.host, connectTimeout: 30_000, signal: controller.signal })
  );
  assertStrictEquals(error, reason);
  assertLess(performance.now() - start, SLACK_MS);
  const before = await assertRejects(() => connect({ hosts: silent.host, signal: AbortSignal.abort(reason) }));
  assertStrictEquals(before, reason);
  // All that a signal needs for any other command.
  const signal = { aborted: true, reason, addEventListener() {}, removeEventListener() {} } as unknown as AbortSignal;
  assertStrictEquals(await assertRejects(() => connect({ hosts: silent.host, signal })), reason);
});

test("failIfNotConnected: false starts while the server is down, and works when it is up", async () => {
  await using emulator = await Emulator.start();
  emulator.pause();
  await assertNoConnection({ hosts: emulator.hosts, connectTimeout: 1_000 }, emulator.hosts);
  await using client = await connect({
    hosts: emulator.hosts,
    failIfNotConnected: false,
    connectTimeout: 1_000,
    tendInterval: 250,
  });
  assertStrictEquals(client.isConnected(), false);
  const error = await assertRejects(
    () => client.get(new Key("test", set, 1), { totalTimeout: 300 }),
    AerospikeError,
  );
  assertStrictEquals(error.inDoubt, false);
  emulator.resume();
  await until("it is connected", () => client.isConnected());
  await assertWorks(client);
});

test("an unknown option is refused by name, with the right one", async () => {
  const error = await assertRejects(
    () => connect({ host: "127.0.0.1" } as ConnectOptions),
    InvalidArgumentError,
    "host",
  );
  assert(/did you mean hosts/.test(error.message), error.message);
  const wrong: [object, string][] = [
    [{ conectTimeout: 1 }, "connectTimeout"],
    [{ connectTimeout: "5" }, "connectTimeout"],
    [{ connectTimeout: 0 }, "connectTimeout"],
    [{ maxConnsPerNode: 1.5 }, "maxConnsPerNode"],
    [{ tendInterval: 1 }, "tendInterval"],
    [{ failIfNotConnected: "no" }, "failIfNotConnected"],
    [{ clusterName: null }, "clusterName"],
    [{ auth: { user: "u" } }, "auth.password"],
    [{ auth: { user: "u", password: "p", mode: "magic" } }, "auth.mode"],
    [{ tls: { ca: "/etc/ca.pem" } }, "tls.ca"],
    [{ policies: { reed: {} } }, "policies"],
    [{ policies: { read: { totalTimout: 5 } } }, "totalTimeout"],
    [{ policies: { read: { ttl: 5 } } }, "policies.read"],
    [{ policies: { write: { ttl: 0 } } }, "ttl"],
    [{ integers: "big" }, "integers"],
    [{ queueCapacity: 0 }, "queueCapacity"],
  ];
  for (const [options, names] of wrong) {
    await assertRejects(() => connect(options as ConnectOptions), InvalidArgumentError, names);
  }
});

test("nodes, info, ping, isConnected, warmUp and connections", async () => {
  await using server = await started();
  const { client } = server;
  assertStrictEquals(client.isConnected(), true);
  const nodes = await client.nodes();
  assert(nodes.length >= 1);
  for (const node of nodes) {
    assert(/^[0-9A-F]+$/i.test(node.name), node.name);
    assert(node.host.length > 0 && node.port > 0 && node.active, JSON.stringify(node));
    assert(/^\d+\.\d+/.test(node.version), node.version);
  }
  const [first] = nodes;
  const one = await client.info("namespaces");
  assertStrictEquals(Object.keys(one).length, 1);
  const all = await client.info(["namespaces", "node"], { all: true });
  assertEquals(Object.keys(all).sort(), nodes.map((node) => node.name).sort());
  for (const [name, answers] of Object.entries(all)) {
    assertStrictEquals(answers["node"], name);
    assert(answers["namespaces"]?.split(";").includes("test"));
  }
  const named = await client.info("node", { node: first?.name });
  assertStrictEquals(named[first?.name ?? ""]?.["node"], first?.name);
  const byAddress = await client.info("node", { node: `${first?.host}:${first?.port}` });
  assertEquals(byAddress, named);
  const nobody = await assertRejects(() => client.info("node", { node: "NOSUCHNODE" }), AerospikeError);
  assertStrictEquals(nobody.codeName, "INVALID_NODE");
  await assertRejects(() => client.info([]), InvalidArgumentError);
  await assertRejects(() => client.info("a\nb"), InvalidArgumentError);
  const pings = await client.ping();
  assertEquals(pings.map((ping) => ping.node).sort(), nodes.map((node) => node.name).sort());
  for (const ping of pings) assert(ping.ms >= 0 && ping.ms < 3_000, `${ping.ms} ms`);
  await client.warmUp(8);
  for (const pool of await client.connections()) assert(pool.open >= 8, `${pool.open} are open`);
});

test("warmUp opens connections before they are needed", async () => {
  await using emulator = await Emulator.start();
  await using client = await connect({ hosts: emulator.hosts });
  assert(await client.warmUp(16) >= 15);
  // The emulator accepts them a moment after the client has opened them.
  await until("they are open", () => emulator.stats().connectionsOpened >= 16);
  await pause(50);
  const { connectionsOpened } = emulator.stats();
  await Promise.all(Array.from({ length: 16 }, (_, i) => client.get(new Key("test", set, i))));
  const more = emulator.stats().connectionsOpened - connectionsOpened;
  assert(more <= 2, `${more} more were opened`);
});

test("warmUp right after connecting waits for the partitions, and so opens the connections of direct reads too", async () => {
  await using emulator = await Emulator.start();
  // Asking for the partitions takes longer than it takes to call warmUp.
  emulator.fault({ delayMs: 60 });
  await using client = await connect({ hosts: emulator.hosts });
  const opened = await client.warmUp(16);
  const { direct } = await client.stats();
  assert(direct.ready && direct.connections > 1, JSON.stringify(direct));
  assert(opened >= 15, `${opened} were opened`);
});

test("a time-out of an admin command is its own", async () => {
  await using emulator = await Emulator.start();
  await using client = await connect({ hosts: emulator.hosts, tendInterval: 60_000 });
  emulator.fault({ silence: true });
  const start = performance.now();
  await assertRejects(() => client.info("node", { timeout: 200 }), AerospikeError);
  assertLess(performance.now() - start, 200 + SLACK_MS);
});

test("close waits for running commands, and refuses new ones", async () => {
  await using emulator = await Emulator.start();
  const client = await connect({ hosts: emulator.hosts });
  const key = new Key("test", set, "draining");
  emulator.fault({ delayMs: 300, dataOnly: true });
  const { accepted } = client.counters();
  const options = { totalTimeout: 60_000 };
  const running = [client.put(key, { a: 1 }, options), client.get(key, options), client.exists(key, options)];
  // Not the connections in use: reads may share one.
  await until("they are accepted", () => client.counters().accepted >= accepted + running.length);
  const closing = client.close();
  await assertRejects(() => client.get(key), ClientClosedError);
  await closing;
  const outcomes = await Promise.allSettled(running);
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "fulfilled", "fulfilled"]);
});

test("close({ drain }) cancels what is still running, each once, writes in doubt", async () => {
  await using emulator = await Emulator.start();
  const client = await connect({ hosts: emulator.hosts });
  emulator.fault({ silence: true, dataOnly: true });
  const keys = Array.from({ length: 50 }, (_, i) => new Key("test", set, i));
  let settled = 0;
  const options = { totalTimeout: 60_000 };
  // Through core, so that every command has a connection to be counted by.
  const reads = keys.map((key) => client.get(key, { ...options, readPath: "core" }).finally(() => settled++));
  const writes = keys.map((key) => client.put(key, { a: 1 }, options).finally(() => settled++));
  const outcomes = Promise.allSettled([...reads, ...writes]);
  await untilBusy(client, 100);
  const start = performance.now();
  await client.close({ drain: 100 });
  assertLess(performance.now() - start, 100 + SLACK_MS);
  const all = await outcomes;
  for (const [i, outcome] of all.entries()) {
    assertStrictEquals(outcome.status, "rejected");
    const error = (outcome as PromiseRejectedResult).reason;
    assertInstanceOf(error, ClientClosedError, `${error}`);
    assertStrictEquals(error.inDoubt, i >= reads.length, `${i}: ${error.message}`);
  }
  assertStrictEquals(settled, 100);
});

test("close twice, concurrently, and after that: the same, and no harm", async () => {
  await using server = await started();
  const client = await connect({ hosts: server.hosts });
  await Promise.all([client.close(), client.close(), client.close({ drain: 0 })]);
  await client.close();
  assertStrictEquals(client.isConnected(), false);
  await assertWorks(server.client);
});

test("after close every command says that the client is closed", async () => {
  await using server = await started();
  const client = await connect({ hosts: server.hosts });
  await client.close();
  const key = new Key("test", set, 1);
  const calls = [
    () => client.get(key),
    () => client.header(key),
    () => client.exists(key),
    () => client.put(key, { a: 1 }),
    () => client.add(key, { a: 1 }),
    () => client.append(key, { a: "1" }),
    () => client.prepend(key, { a: "1" }),
    () => client.remove(key),
    () => client.touch(key),
    () => client.operate(key, []),
    () => client.batchRead([key]),
    () => client.batchRead([]),
    () => client.batchWrite([{ key, bins: { a: 1 } }]),
    () => client.batchRemove([key]),
    () => client.nodes(),
    () => client.info("node"),
    () => client.ping(),
    () => client.warmUp(1),
    () => client.connections(),
  ];
  for (const call of calls) {
    const error = await assertRejects(call, ClientClosedError);
    assertStrictEquals((error as ClientClosedError).codeName, "CLOSED");
  }
});

test("await using closes at the end of the block", async () => {
  await using server = await started();
  let outer: Client;
  {
    await using client = await connect({ hosts: server.hosts });
    outer = client;
    await assertWorks(client);
  }
  await assertRejects(() => outer.get(new Key("test", set, 1)), ClientClosedError);
});

test("two clients of one thread are apart: one closes, the other goes on", async () => {
  await using server = await started();
  const first = await connect({ hosts: server.hosts });
  const second = await connect({ hosts: server.hosts });
  await Promise.all([assertWorks(first), assertWorks(second)]);
  await first.close();
  await assertWorks(second);
  await assertRejects(() => first.get(new Key("test", set, 1)), ClientClosedError);
  await second.close();
  // The thread's queue was closed with its last client: the next one has a new queue.
  const third = await connect({ hosts: server.hosts });
  await assertWorks(third);
  await third.close();
});

test("an import loads nothing: it works without a library and without permissions", async () => {
  const script = fileURLToPath(new URL("./scripts/import-only.ts", import.meta.url));
  const flags = isBun ? ["run"] : ["run", "--no-check", "--no-prompt"];
  const ended = await run(process.execPath, [...flags, script], { AEROSPIKE_FFI_LIBRARY: "/nonexistent/library" });
  assertEquals([ended.code, ended.stdout.trim()], [0, "imported"], ended.stderr);
});
