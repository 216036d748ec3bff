/**
 * Three nodes: where commands go, and what becomes of them when a node goes, comes back or misbehaves.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertStrictEquals,
} from "@std/assert";
import { test } from "node:test";
import { AerospikeError, type Client, connect, type ConnectOptions, Key, type ReadPath } from "../mod.ts";
import { Emulator, type EmulatorCommand, type EmulatorOptions } from "../emulator/mod.ts";
import { assertWithin, byStalls, during, LONG_MS, PATHS, range, ready } from "./support/both-paths.ts";
import { pause, until } from "./support/wait.ts";

const NODES = 3;
const KEPT = 100_000;
const SET = "cluster";
/** Outlives the loss of a node. */
const PATIENT = { totalTimeout: LONG_MS, maxRetries: 100, sleepBetweenRetries: 10 };

/** A test with three nodes and a client that was told of one of them. */
function onCluster(
  name: string,
  body: (server: Emulator, client: Client) => Promise<void>,
  options: EmulatorOptions = {},
): void {
  test(name, async () => {
    await using server = await Emulator.start({ nodes: NODES, ...options });
    const client = await ready(oneSeed(server, 0));
    try {
      await body(server, client);
    } finally {
      server.fault();
      await client.close({ drain: 0 });
    }
  });
}

function oneSeed(server: Emulator, node: number): ConnectOptions {
  const { host, port } = server.nodes[node] as { host: string; port: number };
  return { hosts: `${host}:${port}`, tendInterval: 250, maxErrorRate: 0 };
}

const keysOf = (count: number) => range(count).map((i) => new Key("test", SET, i));

function fill(server: Emulator, count: number): Key[] {
  const keys = keysOf(count);
  server.load(keys.map((key, i) => ({ key, bins: { i } })));
  return keys;
}

const partitionOf = (digest: Uint8Array) => ((digest[0] as number) | (digest[1] as number) << 8) & 4095;

/** The number of the node that is a key's master, as the nodes say when they are asked. */
async function masters(server: Emulator, client: Client, namespace = "test"): Promise<(key: Key) => number> {
  const answers = await client.info("replicas", { all: true });
  const bitmaps = server.nodes.map(({ name }) => {
    const text = answers[name]?.["replicas"] ?? "";
    const section = text.split(";").find((part) => part.startsWith(`${namespace}:`));
    return Buffer.from(section?.split(",")[2] ?? "", "base64");
  });
  return (key) => {
    const partition = partitionOf(key.digest);
    const owners = bitmaps.flatMap((bitmap, node) =>
      ((bitmap[partition >> 3] ?? 0) & (0x80 >> (partition & 7))) === 0 ? [] : [node]
    );
    assertStrictEquals(owners.length, 1, `partition ${partition} has ${owners.length} masters`);
    return owners[0] as number;
  };
}

const hex = (key: Key) => Buffer.from(key.digest).toString("hex");

/** What was asked since the last time. */
function takeCommands(server: Emulator): EmulatorCommand[] {
  const commands = server.commands();
  server.recordCommands(KEPT);
  return commands;
}

const nodesAre = (client: Client, count: number) =>
  until(`the client knows ${count} nodes`, async () => (await client.nodes()).length === count);

/** Waits until no read is passed on any more: both paths have the partitions as they are. */
const settled = (server: Emulator, client: Client, keys: readonly Key[], readPath: ReadPath) =>
  until("reads are at their masters", async () => {
    server.recordCommands(KEPT);
    await client.batchRead(keys, { ...PATIENT, readPath });
    const masterOf = await masters(server, client);
    const byDigest = new Map(keys.map((key) => [hex(key), masterOf(key)]));
    const { direct } = await client.stats();
    return direct.ready &&
      server.commands().every(({ digest, node }) => digest === "" || byDigest.get(digest) === node);
  });

onCluster("all nodes are found by any one of them, before the first command", async (server) => {
  const expected = server.nodes.map(({ name, host, port }) => ({ name, host, port }));
  assertStrictEquals(new Set(expected.map(({ name }) => name)).size, NODES);
  const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
  for (const node of range(NODES)) {
    await using client = await connect(oneSeed(server, node));
    const found = (await client.nodes()).map(({ name, host, port }) => ({ name, host, port }));
    assertEquals(found.sort(byName), [...expected].sort(byName));
    assertStrictEquals((await client.ping()).length, NODES);
  }
  await using all = await connect({ hosts: server.hosts });
  assertStrictEquals((await all.nodes()).length, NODES);
});

onCluster("commands and rows go to the masters, in every namespace", async (server, client) => {
  const keys = keysOf(200).concat(range(200).map((i) => new Key("bar", SET, i)));
  const masterOf = { test: await masters(server, client), bar: await masters(server, client, "bar") };
  const nodeOf = new Map(
    // Keys of two namespaces have the same digest.
    keys.map((key) => [`${key.namespace} ${hex(key)}`, masterOf[key.namespace as "test" | "bar"](key)]),
  );
  const counts = (commands: EmulatorCommand[], what: string) => {
    for (const command of commands) {
      assertStrictEquals(command.proxied, false, what);
      if (command.kind === "batch") continue;
      assertStrictEquals(command.node, nodeOf.get(`${command.namespace} ${command.digest}`), what);
    }
    const single = commands.filter(({ batch }) => batch === 0).length;
    const rows = commands.filter(({ batch, kind }) => batch !== 0 && kind !== "batch").length;
    return { single, rows, nodes: new Set(commands.map(({ node }) => node)).size };
  };
  server.recordCommands(KEPT);
  const singles: [string, (key: Key, i: number) => Promise<unknown>][] = [
    ["put", (key, i) => client.put(key, { i })],
    ["operate", (key) => client.add(key, { i: 1 })],
    ["touch", (key) => client.touch(key)],
    ["remove", (key) => client.remove(key)],
  ];
  const batches: [string, () => Promise<unknown>][] = [
    ["batchWrite", () => client.batchWrite(keys.map((key, i) => ({ key, bins: { i } })))],
    ["batchRemove", () => client.batchRemove(keys)],
  ];
  for (const readPath of PATHS) {
    singles.push([`get ${readPath}`, (key) => client.get(key, { readPath })]);
    singles.push([`exists ${readPath}`, (key) => client.exists(key, { readPath })]);
    batches.push([`batchRead ${readPath}`, () => client.batchRead(keys, { readPath })]);
  }
  const all = [
    ...singles.map(([name, run]) => ({ name, run: () => Promise.all(keys.map(run)), single: keys.length, rows: 0 })),
    ...batches.map(([name, run]) => ({ name, run, single: 0, rows: keys.length })),
  ];
  // What is asked twice may arrive after the answer: then it is among the commands of the next.
  let twice = 0;
  for (const { name, run, single, rows } of all) {
    twice += byStalls(await during(client, run)).twice;
    const seen = counts(takeCommands(server), name);
    assertStrictEquals(seen.nodes, NODES, name);
    assertWithin(seen.single, single, single + twice, name);
    assertWithin(seen.rows, rows, rows + twice, name);
    twice -= seen.single - single + seen.rows - rows;
    assertGreaterOrEqual(twice, 0, name);
  }
  assertStrictEquals(server.stats().proxied, 0);
});

onCluster("a batch over all nodes: one message each, every row at its place", async (server, client) => {
  const keys = fill(server, 900);
  const asked = [...keys].reverse().concat(new Key("test", SET, "none"), keys[3] as Key);
  const expected = [...range(900).reverse(), undefined, 3];
  for (const readPath of PATHS) {
    server.recordCommands(KEPT);
    const rows = await client.batchRead(asked, { readPath, totalTimeout: LONG_MS });
    assertEquals(rows.toArray().map((row) => row.record?.bins["i"]), expected);
    assertStrictEquals(rows.at(900)?.status, "not-found");
    const batches = server.commands().filter(({ kind }) => kind === "batch");
    assertEquals(batches.map(({ node }) => node).sort(), range(NODES), readPath);
    assertStrictEquals(batches.reduce((sum, { rows }) => sum + rows, 0), asked.length);
  }
});

/** Reads and batches that go on until they are stopped; each is counted when it settles. */
function readOn(client: Client, keys: readonly Key[], readPath: ReadPath, options: object = PATIENT) {
  let running = true;
  const settledTimes = new Map<number, number>();
  let started = 0;
  const failures: unknown[] = [];
  const wrong: string[] = [];
  const one = (read: () => Promise<void>) => {
    const number = started++;
    const settle = () => void settledTimes.set(number, (settledTimes.get(number) ?? 0) + 1);
    return read().then(settle, (error) => {
      settle();
      failures.push(error);
    });
  };
  const single = async (i: number) => {
    const record = await client.get(keys[i] as Key, { ...options, readPath });
    if (record?.bins["i"] !== i) wrong.push(`get ${i}: ${JSON.stringify(record?.bins)}`);
  };
  const batch = async (from: number) => {
    const numbers = range(100).map((i) => (from + 7 * i) % keys.length);
    const rows = await client.batchRead(numbers.map((i) => keys[i] as Key), { ...options, readPath });
    if (rows.length !== numbers.length) wrong.push(`a batch of ${rows.length} rows`);
    for (const [at, row] of rows.toArray().entries()) {
      const got = row.record?.bins["i"];
      if (row.status !== "ok" || got !== numbers[at]) {
        wrong.push(`row ${at} of a batch: ${row.status} ${got}, not ${numbers[at]}: ${row.error?.message}`);
      }
    }
  };
  const worker = async (number: number) => {
    for (let i = number; running; i += 13) {
      await one(() => i % 4 === 0 ? batch(i % keys.length) : single(i % keys.length));
    }
  };
  const workers = range(12).map(worker);
  return {
    get started() {
      return started;
    },
    /** Lets them end, and shows that each settled once with the right value. */
    async end(): Promise<void> {
      running = false;
      await Promise.all(workers);
      await pause(20);
      assertEquals(failures.map(String), []);
      assertEquals(wrong, []);
      assertStrictEquals(settledTimes.size, started);
      assert([...settledTimes.values()].every((times) => times === 1), "one settled twice");
    },
  };
}

for (const readPath of PATHS) {
  onCluster(
    `${readPath}: a node stops in mid-stream and comes back: no read is lost or wrong`,
    async (server, client) => {
      const keys = fill(server, 500);
      for (const node of range(NODES)) {
        const reads = readOn(client, keys, readPath);
        await until("reads are under way", () => reads.started > 200);
        server.stopNode(node);
        assertStrictEquals(server.nodes[node]?.state, "stopped");
        await nodesAre(client, NODES - 1);
        server.recordCommands(KEPT);
        const before = reads.started;
        await until("reads go on without it", () => reads.started > before + 200);
        assert(server.commands().every((command) => command.node !== node), "a node that is stopped was asked");
        server.startNode(node);
        await nodesAre(client, NODES);
        server.recordCommands(KEPT);
        await until("it is used again", () => server.commands().some((command) => command.node === node));
        await reads.end();
        await settled(server, client, keys, readPath);
      }
    },
  );

  onCluster(`${readPath}: partitions move under load: no read is lost or wrong, and the new masters are asked`, async (
    server,
    client,
  ) => {
    const keys = fill(server, 500);
    const reads = readOn(client, keys, readPath);
    for (const round of range(10)) {
      await pause(60);
      assertGreater(server.movePartitions(round % 2 === 0 ? {} : { to: round % NODES, namespace: "test" }), 0);
    }
    await reads.end();
    await settled(server, client, keys, readPath);
  });

  onCluster(`${readPath}: a slow node holds up its own reads only`, async (server, client) => {
    const keys = fill(server, 300);
    const masterOf = await masters(server, client);
    const slow = 1;
    const [own, others] = [true, false].map((is) => keys.filter((key) => (masterOf(key) === slow) === is));
    assert(own !== undefined && others !== undefined && own.length > 50 && others.length > 150);
    server.fault({ node: slow, delayMs: 2_500, dataOnly: true });
    const options = { totalTimeout: LONG_MS, readPath };
    let pending = 2;
    const held = Promise.all([
      client.batchRead(keys, options).finally(() => pending--),
      client.get(own[0] as Key, options).finally(() => pending--),
    ]);
    await pause(20);
    const start = performance.now();
    const records = await Promise.all(others.map((key) => client.get(key, options)));
    const rows = await client.batchRead(others, options);
    assertLess(performance.now() - start, 2_000);
    assertStrictEquals(pending, 2, "a read of the slow node was answered too early for this test");
    assertEquals(records.map((record) => record?.bins["i"]), others.map((key) => key.userKey));
    assertStrictEquals(rows.foundCount, others.length);
    server.fault();
    const [batch, single] = await held;
    assertEquals(batch.toArray().map((row) => row.record?.bins["i"]), range(keys.length));
    assertStrictEquals(single?.bins["i"], own[0]?.userKey);
  });

  for (
    const [what, fault] of [["cut", { truncate: 20, dataOnly: true }], ["dropped", { dropConnections: true }]] as const
  ) {
    onCluster(`${readPath}: replies of one node are ${what}: all reads are right, the others' are asked once`, async (
      server,
      client,
    ) => {
      const keys = fill(server, 300);
      const masterOf = await masters(server, client);
      const bad = 2;
      const good = keys.filter((key) => masterOf(key) !== bad);
      const options = { ...PATIENT, readPath };
      const done = await during(client, async () => {
        await client.batchRead(keys, options);
        server.recordCommands(KEPT);
        server.fault({ node: bad, ...fault });
        const drops = setInterval(() => what === "dropped" && server.fault({ node: bad, ...fault }), 2);
        const records = await Promise.all(keys.map((key) => client.get(key, options)));
        clearInterval(drops);
        assertEquals(records.map((record) => record?.bins["i"]), range(keys.length));
      });
      const times = new Map<string, number>();
      for (const { digest } of server.commands()) times.set(digest, (times.get(digest) ?? 0) + 1);
      const asked = good.map((key) => times.get(hex(key)) ?? 0);
      assert(!asked.includes(0), "a read did not reach its node");
      const total = asked.reduce((sum, count) => sum + count, 0);
      assertWithin(total, good.length, good.length + byStalls(done).twice);
      server.fault({ node: bad, ...fault });
      const rows = await client.batchRead(keys, options);
      assertEquals(rows.toArray().map((row) => row.record?.bins["i"]), range(keys.length));
    });
  }

  onCluster(`${readPath}: a node that answers errors fails its own rows only`, async (server, client) => {
    const keys = fill(server, 300);
    const masterOf = await masters(server, client);
    const FORBIDDEN = 22;
    server.fault({ node: 0, code: FORBIDDEN });
    const options = { totalTimeout: LONG_MS, readPath };
    const rows = await client.batchRead(keys, options);
    const single = await Promise.allSettled(keys.map((key) => client.get(key, options)));
    for (const [i, key] of keys.entries()) {
      const row = rows.at(i);
      const outcome = single[i] as PromiseSettledResult<{ bins: { i: number } }>;
      if (masterOf(key) === 0) {
        assertEquals([row?.status, row?.code, row?.inDoubt], ["failed", FORBIDDEN, false]);
        assertStrictEquals(outcome.status, "rejected");
        assertStrictEquals(((outcome as PromiseRejectedResult).reason as AerospikeError).code, FORBIDDEN);
      } else {
        assertStrictEquals(row?.record?.bins["i"], i);
        assert(outcome.status === "fulfilled" && outcome.value.bins.i === i);
      }
    }
    server.fault();
    assertStrictEquals((await client.batchRead(keys, options)).foundCount, keys.length);
  });
}

onCluster(
  "the only copy goes with its node: those reads and writes say so, until it is back",
  async (server, client) => {
    const keys = fill(server, 300);
    const masterOf = await masters(server, client);
    const isAway = keys.map((key) => masterOf(key) === 1);
    server.stopNode(1);
    await nodesAre(client, 2);
    const UNAVAILABLE = 11;
    for (const readPath of PATHS) {
      const options = { totalTimeout: 2_000, maxRetries: 1, readPath };
      const rows = await client.batchRead(keys, { ...options, totalTimeout: LONG_MS });
      for (const [i, row] of rows.toArray().entries()) {
        assertEquals([row.code, row.record?.bins["i"]], isAway[i] ? [UNAVAILABLE, undefined] : [0, i], `row ${i}`);
      }
      const outcomes = await Promise.allSettled(keys.slice(0, 40).map((key) => client.get(key, options)));
      for (const [i, outcome] of outcomes.entries()) {
        if (!isAway[i]) assertStrictEquals(outcome.status, "fulfilled", `key ${i}`);
        else assertStrictEquals(((outcome as PromiseRejectedResult).reason as AerospikeError).code, UNAVAILABLE);
      }
    }
    const writes = await Promise.allSettled(keys.slice(0, 40).map((key, i) => client.put(key, { i, again: true })));
    for (const [i, outcome] of writes.entries()) {
      assertStrictEquals(outcome.status, isAway[i] ? "rejected" : "fulfilled", `write ${i}`);
    }
    server.startNode(1);
    await nodesAre(client, NODES);
    for (const readPath of PATHS) {
      const rows = await client.batchRead(keys, { ...PATIENT, readPath });
      assertEquals(rows.toArray().map((row) => row.record?.bins["i"]), range(keys.length));
    }
    const records = await client.batchRead(keys.slice(0, 40));
    assertEquals(
      records.toArray().map((row) => row.record?.bins["again"] ?? false),
      isAway.slice(0, 40).map((is) => !is),
    );
  },
  { replicationFactor: 1 },
);

/** The versions of one key's value that were written, and what became of them. */
interface Written {
  acknowledged: number;
  readonly doubtful: number[];
  readonly refused: number[];
}

onCluster(
  "writes while nodes go and come: each settles once, and no acknowledged one is lost",
  async (server, client) => {
    const keys = keysOf(120);
    const written = keys.map((): Written => ({ acknowledged: 0, doubtful: [], refused: [] }));
    await Promise.all(keys.map((key) => client.put(key, { version: 0 }, { totalTimeout: LONG_MS })));
    let running = true;
    let [started, settledCount] = [0, 0];
    const writer = async (i: number) => {
      const state = written[i] as Written;
      for (let version = 1; running; version++) {
        started++;
        try {
          const put = i % 2 === 0
            ? client.put(keys[i] as Key, { version }, { totalTimeout: 500 })
            : client.batchWrite([{ key: keys[i] as Key, bins: { version } }, {
              key: keys[i - 1] as Key,
              bins: { other: version },
            }], { totalTimeout: 500 }).then((rows) => {
              const row = rows.at(0);
              if (row?.status !== "ok") throw row?.error ?? new Error("a row without an error");
            });
          await put;
          state.acknowledged = version;
        } catch (error) {
          assertInstanceOf(error, AerospikeError, `${error}`);
          (error.inDoubt ? state.doubtful : state.refused).push(version);
          await pause(5);
        } finally {
          settledCount++;
        }
      }
    };
    const writers = keys.map((_, i) => writer(i));
    for (const node of [0, 2, 1, 0]) {
      await pause(100);
      // What was sent to it is not answered any more, so that something is in doubt when it goes.
      server.fault({ node, silence: true, dataOnly: true });
      await pause(50);
      server.stopNode(node);
      server.fault({ node });
      await pause(300);
      server.movePartitions();
      await pause(100);
      server.startNode(node);
    }
    await pause(200);
    running = false;
    await Promise.all(writers);
    assertStrictEquals(settledCount, started);
    await nodesAre(client, NODES);
    for (const readPath of PATHS) {
      const rows = await client.batchRead(keys, { ...PATIENT, readPath });
      for (const [i, row] of rows.toArray().entries()) {
        const version = row.record?.bins["version"] as number;
        const { acknowledged, doubtful, refused } = written[i] as Written;
        const may = [acknowledged, ...doubtful.filter((other) => other > acknowledged)];
        assert(may.includes(version), `key ${i} has version ${version} of ${may}, on the ${readPath} path`);
        assert(!refused.includes(version), `key ${i} has version ${version}, which was not sent`);
      }
    }
    const sum = (of: (state: Written) => number) => written.reduce((total, state) => total + of(state), 0);
    assertGreater(sum(({ acknowledged }) => acknowledged), 1_000);
    assertGreater(sum(({ doubtful }) => doubtful.length), 0);
  },
);

test("a node that says nothing does not keep the others' new partitions from the direct path", async () => {
  await using server = await Emulator.start({ nodes: NODES });
  const keys = fill(server, 200);
  // Short, so that what is slow here is not core.
  const client = await ready({ ...oneSeed(server, 0), tendTimeout: 250 });
  try {
    const masterOf = await masters(server, client);
    const moved = keys.filter((key) => masterOf(key) === 0);
    const partitions = moved.map((key) => partitionOf(key.digest));
    server.fault({ node: 2, silence: true });
    const seconds: number[] = [];
    for (const to of [1, 0, 1, 0, 1]) {
      const start = performance.now();
      server.movePartitions({ namespace: "test", partitions, to });
      await until(`the direct path asks node ${to}`, async () => {
        server.recordCommands(KEPT);
        await client.batchRead(moved, { readPath: "direct", totalTimeout: LONG_MS });
        return server.commands().every(({ node }) => node === to);
      });
      seconds.push((performance.now() - start) / 1000);
    }
    // Not all five: the machine may stand still during one or two.
    const median = seconds.toSorted((a, b) => a - b)[2] as number;
    assertLess(median, 1.4, `the changes took ${seconds} s`);
  } finally {
    server.fault();
    await client.close({ drain: 0 });
  }
});

onCluster("all nodes go at once and come back: everything settles, and works again", async (server, client) => {
  const keys = fill(server, 200);
  server.pause();
  const outcomes = await Promise.allSettled([
    ...keys.map((key) => client.get(key, { totalTimeout: 300 })),
    client.batchRead(keys, { totalTimeout: 300 }),
  ]);
  assertEquals(outcomes.filter(({ status }) => status === "fulfilled"), []);
  server.stopNode(2);
  server.resume();
  await until(
    "it works again",
    () => client.batchRead(keys, { totalTimeout: 500 }).then((rows) => rows.foundCount === keys.length, () => false),
  );
  await nodesAre(client, 2);
  server.startNode(2);
  await nodesAre(client, NODES);
});
