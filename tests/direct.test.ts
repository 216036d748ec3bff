/**
 * The direct read path beside core's: the same answers, and what becomes of reads when it has none.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type AerospikeError,
  AerospikeTimeoutError,
  type BatchRows,
  type Client,
  connect,
  InvalidArgumentError,
  Key,
  list,
  map,
  op,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { readConnectOptions } from "../src/connect-options.ts";
import { data, during, LONG_MS, PATHS, range, ready, seenRecord, seenRows } from "./support/both-paths.ts";
import { canonical, RandomValues } from "./support/random.ts";
import { externalHosts, freshSet } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { pause, until } from "./support/wait.ts";

const { test, before, after } = suite();
const SEED = 40_417;

let emulator: Emulator | undefined;
let hosts: string;
let client: Client;

before(async () => {
  emulator = externalHosts === undefined ? await Emulator.start() : undefined;
  hosts = emulator?.hosts ?? externalHosts ?? "";
  client = await ready({ hosts });
});
after(async () => {
  await client.close();
  await emulator?.close();
});

test("the direct path is what reads take, and what it cannot do goes to core", async () => {
  const key = new Key("test", freshSet(), 1);
  await client.put(key, { a: 1, b: "two" });
  const counted = async (read: () => Promise<unknown>) => {
    const { direct, core } = await during(client, read);
    return [direct.answered, core.rows, direct.fallbacks] as const;
  };
  assertEquals(await counted(() => client.get(key)), [1, 0, {}]);
  assertEquals(await counted(() => client.get(key, { bins: ["a", "zz"] })), [1, 0, {}]);
  assertEquals(await counted(() => client.header(key)), [1, 0, {}]);
  assertEquals(await counted(() => client.exists(key)), [1, 0, {}]);
  assertEquals(await counted(() => client.batchRead([key, key])), [2, 0, {}]);
  assertEquals(await counted(() => client.batchRead([{ key, operations: [op.read("a"), op.header()] }])), [1, 0, {}]);
  assertEquals(await counted(() => client.operate(key, [op.read("b"), op.header(), op.read("zz")])), [1, 0, {}]);
  assertEquals(await counted(() => client.operate(key, [op.read("a"), op.read("a")])), [1, 0, {}]);
  assertEquals(await counted(() => client.operate(key, [list.size("c"), map.size("d"), op.header()])), [1, 0, {}]);
  const left = [0, 1, { options: 1 }] as const;
  assertEquals(await counted(() => client.get(key, { readPath: "core" })), [...left]);
  assertEquals(await counted(() => client.get(key, { replica: "any" })), [...left]);
  assertEquals(await counted(() => client.get(key, { readModeAP: "all" })), [...left]);
  assertEquals(await counted(() => client.get(key, { readTouchTtlPercent: 50 })), [...left]);
  assertEquals(await counted(() => client.exists(key, { readModeSC: "linearize" })), [...left]);
  assertEquals(await counted(() => client.batchRead([key], { readPath: "core" })), [...left]);
  assertEquals(await counted(() => client.batchRead([{ key, operations: [op.readAll()] }])), [...left]);
  assertEquals(await counted(() => client.batchRead([{ key, operations: [op.read("a"), op.read("a")] }])), [...left]);
  assertEquals(await counted(() => client.operate(key, [op.readAll()])), [...left]);
  assertEquals(await counted(() => client.operate(key, [list.join("a")]).catch(() => null)), [...left]);
  assertEquals(await counted(() => client.batchRead([key], { concurrent: "sequential" })), [...left]);
  assertEquals(await counted(() => client.batchRead([key], { respondAllKeys: false })), [...left]);
});

test(`operations that only read give the same on both paths (seed ${SEED})`, async () => {
  await using throughCore = await connect({ hosts, readPath: "core" });
  const { keys, names } = await data(client, SEED, 120);
  const random = new RandomValues(SEED);
  const rows = keys.map((key, i) => {
    const wanted = names.filter(() => random.below(3) === 0);
    const operations = [...wanted.map((name) => op.read(name)), op.header()].sort(() => random.below(3) - 1);
    return i % 4 === 0 ? { key, bins: [names[0] as string, ...wanted.slice(1)] } : { key, operations };
  });
  const seen = (rows: BatchRows) =>
    rows.toArray().map(({ status, code, record }) => ({
      bins: seenRecord(record).bins?.toSorted(),
      status,
      code,
      results: (record as { results?: unknown[] } | null)?.results?.map(canonical),
    }));
  const { direct } = await during(client, async () => {
    const [ours, cores] = [await client.batchRead(rows), await client.batchRead(rows, { readPath: "core" })];
    assertEquals(seen(ours), seen(cores));
    assert(seen(ours).some(({ results }) => results?.some((text) => text !== "null")), "there are results");
  });
  assertStrictEquals(direct.answered, keys.length);
  for (const { key, operations } of rows) {
    if (operations === undefined) continue;
    const [ours, cores] = [await client.operate(key, operations), await throughCore.operate(key, operations)];
    assertEquals(ours?.results.map(canonical), cores?.results.map(canonical));
    assertEquals(seenRecord(ours).bins?.toSorted(), seenRecord(cores).bins?.toSorted());
    assertStrictEquals(ours?.generation, cores?.generation);
  }
});

test("an unknown namespace and an unreadable bin name are core's errors on both paths", async () => {
  const nowhere = new Key("nowhere", "s", 1);
  const key = new Key("test", freshSet(), 1);
  await client.put(key, { a: 1 });
  for (const readPath of PATHS) {
    const error = await assertRejects(() => client.get(nowhere, { readPath })) as AerospikeError;
    assertStrictEquals(error.codeName, "NAMESPACE_NOT_FOUND", error.message);
    const rows = await client.batchRead([key, nowhere, key], { readPath });
    assertEquals(rows.toArray().map((row) => row.status), ["ok", "failed", "ok"]);
    assertEquals(rows.at(1)?.error?.codeName, "NAMESPACE_NOT_FOUND");
  }
});

test("20,000 rows over several connections: each at its place", async () => {
  const set = freshSet();
  const keys = range(20_000).map((i) => new Key("test", set, i));
  const written = keys.filter((_, i) => i % 3 !== 0).map((key) => ({ key, bins: { i: key.userKey as number } }));
  for (let at = 0; at < written.length; at += 5_000) {
    (await client.batchWrite(written.slice(at, at + 5_000), { totalTimeout: LONG_MS })).throwIfFailed();
  }
  const { direct } = await during(client, async () => {
    const rows = await client.batchRead(keys, { totalTimeout: LONG_MS });
    for (const i of range(keys.length)) {
      assertStrictEquals(rows.at(i)?.record?.bins["i"], i % 3 === 0 ? undefined : i, `row ${i}`);
    }
  });
  assertStrictEquals(direct.answered, keys.length);
  await client.batchRemove(keys, { totalTimeout: LONG_MS });
});

test("readPath: unknown values are refused by name, everywhere", async () => {
  const key = new Key("test", "s", 1);
  // deno-lint-ignore no-explicit-any
  const wrong = { readPath: "fast" } as any;
  await assertRejects(() => client.get(key, wrong), InvalidArgumentError);
  await assertRejects(() => client.batchRead([key], wrong), InvalidArgumentError);
  await assertRejects(() => client.put(key, { a: 1 }, wrong), InvalidArgumentError);
  assertThrows(() => readConnectOptions(wrong, () => undefined), InvalidArgumentError);
  assertThrows(() => readConnectOptions({ policies: { read: wrong } }, () => undefined), InvalidArgumentError);
});

test("readPath of a client: none of its reads is direct, and core has every connection", async () => {
  await using core = await connect({ hosts, readPath: "core" });
  await core.get(new Key("test", "s", 1));
  const { direct } = await core.stats();
  assertStrictEquals(direct.enabled, false);
  assertStrictEquals(direct.attempts, 0);
  await using few = await connect({ hosts, maxConnsPerNode: 3 });
  assertStrictEquals((await few.stats()).direct.enabled, false);
  await using policy = await ready({ hosts, policies: { read: { readPath: "core" } } });
  await policy.get(new Key("test", "s", 1));
  await policy.get(new Key("test", "s", 1), { readPath: "direct" });
  assertStrictEquals((await policy.stats()).direct.attempts, 1);
});

/** Tests that need a server which misbehaves on command. */
function onEmulator(name: string, body: (emulator: Emulator, client: Client) => Promise<void>): void {
  test(name, async () => {
    await using emulator = await Emulator.start();
    // Core's own breaker would refuse what a fault breaks often.
    const client = await ready({ hosts: emulator.hosts, maxErrorRate: 0 });
    try {
      await body(emulator, client);
    } finally {
      emulator.fault();
      await client.close({ drain: 0 });
    }
  });
}

const keysOf = (count: number) => range(count).map((i) => new Key("test", "direct", i));

async function fill(emulator: Emulator, count: number): Promise<Key[]> {
  const keys = keysOf(count);
  emulator.load(keys.map((key, i) => ({ key, bins: { i, text: `value ${i}` } })));
  return await Promise.resolve(keys);
}

onEmulator("connections that drop under reads: each read settles once, and is right", async (emulator, client) => {
  const keys = await fill(emulator, 500);
  const { direct } = await during(client, async () => {
    for (const round of range(6)) {
      let settled = 0;
      const all = Promise.all([
        ...keys.map(async (key, i) => {
          const record = await client.get(key, { totalTimeout: LONG_MS, maxRetries: 10 });
          settled++;
          assertStrictEquals(record?.bins["i"], i);
        }),
        ...range(10).map(async () => {
          const rows = await client.batchRead(keys, { totalTimeout: LONG_MS, maxRetries: 10 });
          settled++;
          for (const i of range(keys.length)) assertStrictEquals(rows.at(i)?.record?.bins["i"], i);
        }),
      ]);
      for (const _ of range(3)) {
        await pause(round);
        emulator.fault({ dropConnections: true });
      }
      await all;
      assertStrictEquals(settled, keys.length + 10);
    }
  });
  assert(direct.attempts > 0);
});

onEmulator("truncated replies: the connection goes, core answers", async (emulator, client) => {
  const keys = await fill(emulator, 100);
  const { direct, core } = await during(client, async () => {
    emulator.fault({ truncate: 1, dataOnly: true });
    const rows = await client.batchRead(keys, { totalTimeout: LONG_MS });
    assertEquals(rows.toArray().map((row) => row.record?.bins["i"]), range(100));
    emulator.fault({ truncate: 1, dataOnly: true });
    assertStrictEquals((await client.get(keys[7] as Key, { totalTimeout: LONG_MS }))?.bins["i"], 7);
  });
  assert((direct.fallbacks["lost"] ?? 0) >= 2, JSON.stringify(direct.fallbacks));
  assert(core.rows >= 2);
});

onEmulator(
  "a slow server: without retries the attempt's time-out is final, with them core goes on",
  async (emulator, client) => {
    const [key] = await fill(emulator, 1) as [Key];
    emulator.fault({ silence: true, dataOnly: true });
    const options = { socketTimeout: 60, totalTimeout: LONG_MS };
    for (
      const read of [
        () => client.get(key, { ...options, maxRetries: 0 }),
        () => client.batchRead([key], { ...options, maxRetries: 0 }),
      ]
    ) {
      const { direct, core } = await during(client, async () => {
        const started = performance.now();
        const error = await assertRejects(read) as AerospikeError;
        assertInstanceOf(error, AerospikeTimeoutError);
        assertStrictEquals(error.inDoubt, false);
        assertLess(performance.now() - started, 5_000);
      });
      assertEquals(direct.fallbacks, { late: 1 });
      assertStrictEquals(core.rows, 0);
    }
    const { direct, core } = await during(client, async () => {
      const late = async () => (await client.stats()).direct.fallbacks["late"] ?? 0;
      const before = await late();
      const pending = client.get(key, { ...options, maxRetries: 1000 });
      await until("the direct path has given it up", async () => await late() > before);
      emulator.fault();
      assertStrictEquals((await pending)?.bins["i"], 0);
    });
    assertEquals(direct.fallbacks, { late: 1 });
    assertStrictEquals(core.rows, 1);
  },
);

onEmulator("a reply that does not come holds up the reads behind it only for a while", async (emulator, client) => {
  const keys = await fill(emulator, 40);
  emulator.fault({ silence: true, dataOnly: true });
  const controller = new AbortController();
  const silent = keys.map((key) =>
    client.get(key, { totalTimeout: LONG_MS, signal: controller.signal }).catch(() => undefined)
  );
  await pause(50);
  controller.abort(new Error("enough"));
  await Promise.all(silent);
  emulator.fault();
  const started = performance.now();
  const records = await Promise.all(keys.map((key) => client.get(key, { totalTimeout: LONG_MS })));
  assertEquals(records.map((record) => record?.bins["i"]), range(40));
  assertLess(performance.now() - started, 5_000);
});

onEmulator(
  "pause and resume in mid-traffic: everything settles once, and at rest both paths agree",
  async (emulator, client) => {
    const keys = await fill(emulator, 200);
    let running = true;
    let [started, settled, wrong] = [0, 0, 0];
    const worker = async (n: number) => {
      for (let i = n; running; i += 7) {
        const key = keys[i % keys.length] as Key;
        started++;
        try {
          if (i % 3 === 0) {
            const rows = await client.batchRead([key, ...keys.slice(0, 20)], { totalTimeout: 300 });
            const row = rows.at(0);
            if (row?.status === "ok" && row.record?.bins["i"] !== key.userKey) wrong++;
          } else if ((await client.get(key, { totalTimeout: 300 }))?.bins["i"] !== key.userKey) wrong++;
        } catch {
          await pause(5);
        }
        settled++;
      }
    };
    const workers = range(16).map(worker);
    for (const _ of range(3)) {
      await pause(100);
      emulator.pause();
      await pause(100);
      emulator.resume();
    }
    await pause(100);
    running = false;
    await Promise.all(workers);
    assertStrictEquals(settled, started);
    assertStrictEquals(wrong, 0);
    await until(
      "the client works again",
      () => client.get(keys[0] as Key, { totalTimeout: 500 }).then((record) => record !== null, () => false),
    );
    const [direct, core] = await Promise.all(
      PATHS.map((readPath) => client.batchRead(keys, { readPath, totalTimeout: LONG_MS }).then(seenRows)),
    );
    assertEquals(direct, core);
  },
);

onEmulator("closing under reads: each settles once, and no connection stays", async (emulator) => {
  const keys = await fill(emulator, 300);
  for (const delayMs of [0, 20]) {
    emulator.fault({ delayMs, dataOnly: true });
    const client = await ready({ hosts: emulator.hosts });
    let settled = 0;
    const all = Promise.allSettled([
      ...keys.map((key) => client.get(key).finally(() => settled++)),
      ...range(5).map(() => client.batchRead(keys).finally(() => settled++)),
    ]);
    await pause(2);
    await client.close({ drain: 0 });
    await all;
    assertStrictEquals(settled, keys.length + 5);
  }
});

onEmulator("both paths stay within maxConnsPerNode", async (emulator) => {
  const keys = await fill(emulator, 50);
  await using client = await ready({ hosts: emulator.hosts, maxConnsPerNode: 8 });
  const before = emulator.stats().connectionsOpen;
  emulator.fault({ delayMs: 20, dataOnly: true });
  const options = { totalTimeout: LONG_MS };
  await Promise.all(keys.flatMap((key, i) => [
    client.get(key, options),
    client.put(key, { i }, options),
    client.batchRead(keys, options),
    pause(5 * i).then(() => {
      const open = emulator.stats().connectionsOpen - before;
      assert(open <= 8 + 1, `${open} connections`);
    }),
  ]));
  const { direct } = await client.stats();
  assert(direct.connections <= 4, `${direct.connections}`);
});
