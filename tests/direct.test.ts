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
  type BatchReadRow,
  type BatchRows,
  type Client,
  connect,
  type ConnectOptions,
  InvalidArgumentError,
  Key,
  op,
  type ReadPath,
  type ReadStats,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { readConnectOptions } from "../src/connect-options.ts";
import { canonical, RandomValues } from "./support/random.ts";
import { externalHosts, freshSet } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { pause, until } from "./support/wait.ts";

const { test, before, after } = suite();
const SEED = 20_260;
const LONG_MS = 30_000;
const PATHS: readonly ReadPath[] = ["direct", "core"];
const range = (length: number) => Array.from({ length }, (_, i) => i);

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

/** A client whose direct path knows the partitions. */
async function ready(options: ConnectOptions): Promise<Client> {
  const client = await connect(options);
  await until("the direct path is ready", async () => (await client.stats()).direct.ready);
  return client;
}

/** What reads did between two looks. */
async function during(client: Client, reads: () => Promise<unknown>): Promise<ReadStats> {
  const before = await client.stats();
  await reads();
  const after = await client.stats();
  const fallbacks: Record<string, number> = {};
  for (const [reason, count] of Object.entries(after.direct.fallbacks)) {
    const more = count - (before.direct.fallbacks[reason] ?? 0);
    if (more > 0) fallbacks[reason] = more;
  }
  return {
    direct: {
      ...after.direct,
      attempts: after.direct.attempts - before.direct.attempts,
      rows: after.direct.rows - before.direct.rows,
      answered: after.direct.answered - before.direct.answered,
      fallbacks,
    },
    core: { reads: after.core.reads - before.core.reads, rows: after.core.rows - before.core.rows },
  };
}

interface Seen {
  readonly status: string;
  readonly code: number;
  readonly error: string | undefined;
  readonly bins: readonly string[] | undefined;
  readonly generation: number | undefined;
  readonly ttl: number | "never" | undefined;
}

type Found = { readonly bins: object; readonly generation: number; readonly ttl: number | "never" } | null;

function seenRecord(record: Found): Pick<Seen, "bins" | "generation" | "ttl"> {
  return {
    bins: record === null
      ? undefined
      : Object.entries(record.bins).map(([name, value]) => `${name}=${canonical(value)}`),
    generation: record?.generation,
    ttl: record?.ttl,
  };
}

function seenRows(rows: BatchRows): Seen[] {
  return rows.toArray().map((row) => ({
    status: row.status,
    code: row.code,
    error: row.error?.codeName,
    ...seenRecord(row.record),
  }));
}

/** A second may pass between two reads. */
function assertSame(direct: Seen, core: Seen, what: string): void {
  const near = typeof direct.ttl === "number" && typeof core.ttl === "number" && Math.abs(direct.ttl - core.ttl) <= 2;
  assertEquals({ ...direct, ttl: near ? core.ttl : direct.ttl }, core, what);
}

interface Data {
  readonly keys: Key[];
  readonly names: readonly string[];
}

/** Records of every kind of value in three sets, with and without a ttl, rewritten or not; a third is missing. */
async function data(seed: number, count: number): Promise<Data> {
  const random = new RandomValues(seed);
  const sets = [freshSet(), freshSet(), ""];
  const names = range(12).map((i) => `${"bin-name-of-15b".slice(0, 1 + random.below(12))}${i}`);
  const keys: Key[] = [];
  for (const i of range(count)) {
    const set = sets[i % 3] as string;
    const own = `${seed}-${process()}-${i}`;
    const user = [own, random.bytes(20), random.integer(), own][random.below(4)] as string;
    const key = new Key(i % 7 === 0 ? "bar" : "test", set, set === "" ? own : user);
    keys.push(key);
    if (random.below(3) === 0) continue;
    const bins: Record<string, unknown> = {};
    for (let n = 1 + random.below(10); n > 0; n--) bins[names[random.below(names.length)] as string] = random.value(3);
    const ttl = random.below(2) === 0 ? 1000 + random.below(100_000) : undefined;
    await client.put(key, bins as Record<string, string>, { ttl, totalTimeout: LONG_MS });
    if (random.below(2) === 0) await client.put(key, { [names[0] as string]: i }, { ttl, totalTimeout: LONG_MS });
  }
  return { keys, names };
}

let serial = 0;
/** Tells the keys of one run from those of another, where there is no set to do it. */
function process(): string {
  return `${freshSet()}${serial++}`;
}

/** Both paths' view of the same keys, in batches of several shapes and one by one. */
async function compare({ keys, names }: Data, random: RandomValues): Promise<void> {
  const named = () => names.filter((_, i) => i === 0 || random.below(3) === 0).slice(0, 6);
  const shapes: readonly { readonly rows: readonly (Key | BatchReadRow)[]; readonly options: object }[] = [
    { rows: keys, options: {} },
    { rows: [...keys].reverse(), options: { bins: named() } },
    { rows: keys, options: { header: true } },
    { rows: keys.concat(keys.slice(0, 50)), options: { allowInline: false } },
    { rows: keys, options: { allowInlineSSD: true, bins: ["nothing has it"] } },
    {
      rows: keys.map((key, i) =>
        [
          key,
          { key, bins: named() },
          { key, header: true },
          Key.fromDigest(key.namespace, key.set, key.digest),
        ][i % 4] as Key | BatchReadRow
      ),
      options: {},
    },
    { rows: keys.slice(0, 1), options: {} },
  ];
  for (const [number, { rows, options }] of shapes.entries()) {
    const [direct, core] = await Promise.all(
      PATHS.map((readPath) => client.batchRead(rows, { ...options, readPath, totalTimeout: LONG_MS }).then(seenRows)),
    ) as [Seen[], Seen[]];
    assertStrictEquals(direct.length, core.length);
    for (const [i, row] of direct.entries()) assertSame(row, core[i] as Seen, `shape ${number}, row ${i}`);
  }
  const single = async (read: (readPath: ReadPath) => Promise<Found>) => {
    const [direct, core] = await Promise.all(PATHS.map(read)) as [Found, Found];
    const seen = (found: Found) => ({ status: "", code: 0, error: undefined, ...seenRecord(found) });
    assertSame(seen(direct), seen(core), "a single read");
  };
  await Promise.all(keys.map(async (key) => {
    const options = { totalTimeout: LONG_MS };
    const bins = named();
    await single((readPath) => client.get(key, { ...options, readPath }));
    await single((readPath) => client.get(key, { ...options, readPath, bins }));
    await single((readPath) => client.header(key, { ...options, readPath }));
    const [direct, core] = await Promise.all(PATHS.map((readPath) => client.exists(key, { ...options, readPath })));
    assertStrictEquals(direct, core);
  }));
}

test("both paths give the same rows and records, whatever is read", async () => {
  for (const seed of [SEED, SEED + 1, SEED + 2]) {
    const generated = await data(seed, 150);
    const { direct } = await during(client, () => compare(generated, new RandomValues(seed)));
    assert(direct.answered > 1_000, `only ${direct.answered} answered`);
    assertEquals(Object.keys(direct.fallbacks), ["options"]);
  }
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
  const left = [0, 1, { options: 1 }] as const;
  assertEquals(await counted(() => client.get(key, { readPath: "core" })), [...left]);
  assertEquals(await counted(() => client.get(key, { replica: "any" })), [...left]);
  assertEquals(await counted(() => client.get(key, { readModeAP: "all" })), [...left]);
  assertEquals(await counted(() => client.get(key, { readTouchTtlPercent: 50 })), [...left]);
  assertEquals(await counted(() => client.exists(key, { readModeSC: "linearize" })), [...left]);
  assertEquals(await counted(() => client.batchRead([key], { readPath: "core" })), [...left]);
  assertEquals(await counted(() => client.batchRead([{ key, operations: [op.read("a")] }])), [...left]);
  assertEquals(await counted(() => client.batchRead([key], { concurrent: "sequential" })), [...left]);
  assertEquals(await counted(() => client.batchRead([key], { respondAllKeys: false })), [...left]);
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
    emulator.fault({ delayMs: 300, dataOnly: true });
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
      const pending = client.get(key, { ...options, maxRetries: 20 });
      await pause(150);
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
