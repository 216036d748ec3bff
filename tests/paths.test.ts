/**
 * Both read paths give the same: on one server and on three nodes, while a node goes and comes back, while partitions
 * move, and under faults.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import process from "node:process";
import { AerospikeError, type BinValue, type Client, Key, type ReadOptions, type ReadPath, Unparsed } from "../mod.ts";
import { Emulator, type EmulatorFault } from "../emulator/mod.ts";
import {
  assertSame,
  byStalls,
  compare,
  type Data,
  data,
  during,
  LONG_MS,
  PATHS,
  range,
  ready,
  seenRecord,
  seenRows,
} from "./support/both-paths.ts";
import { leftOut } from "./support/left-out.ts";
import { canonical, RandomValues } from "./support/random.ts";
import { externalHosts, freshSet } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { pause, until } from "./support/wait.ts";

const { test, before, after } = suite();
/** What failed once fails again with the seed that was printed. */
const SEED = Number(process.env["AEROSPIKE_TEST_SEED"] ?? 20_260);
/** Reads that outlive whatever happens to a node. */
const PATIENT: ReadOptions = { totalTimeout: LONG_MS, maxRetries: 100, sleepBetweenRetries: 10 };
/** And rows: a partition that no node has yet is a row's failure, which core repeats only with its whole batch. */
const PATIENT_ROWS = { retryRows: { attempts: 100, baseMs: 10 } } as const;
const ROUNDS = 3;

let emulator: Emulator | undefined;
let client: Client;

before(async () => {
  emulator = externalHosts === undefined ? await Emulator.start() : undefined;
  client = await ready({ hosts: emulator?.hosts ?? externalHosts ?? "" });
});
after(async () => {
  await client.close();
  await emulator?.close();
});

/** A test with a seed, which is printed. */
function seeded(name: string, seeds: readonly number[], body: (seed: number) => Promise<void>): void {
  test(name, async () => {
    for (const seed of seeds) {
      console.log(`${name}: AEROSPIKE_TEST_SEED=${seed}`);
      await body(seed);
    }
  });
}

/** A test on three nodes of its own, with a client that found them by one of them. */
function onThree(name: string, body: (seed: number, server: Emulator, client: Client) => Promise<void>): void {
  seeded(name, [SEED], async (seed) => {
    if (externalHosts !== undefined) return leftOut(name, "the emulator");
    await using server = await Emulator.start({ nodes: 3 });
    const [, seedNode] = server.nodes;
    const client = await ready({
      hosts: `${seedNode?.host}:${seedNode?.port}`,
      tendInterval: 250,
      maxErrorRate: 0,
    });
    try {
      assertStrictEquals((await client.nodes()).length, 3);
      await body(seed, server, client);
    } finally {
      server.fault();
      await client.close({ drain: 0 });
    }
  });
}

/** Both paths at rest: nothing leaves the direct one but what was not meant for it. */
async function compareAtRest(client: Client, generated: Data, seed: number): Promise<void> {
  const done = await during(client, () => compare(client, generated, new RandomValues(seed)));
  assertGreater(done.direct.answered, 1_000);
  assertEquals(Object.keys(byStalls(done).others), ["options"]);
}

/** Compares again and again for as long as something happens, and gives the number of rounds. */
async function compareDuring(
  client: Client,
  generated: Data,
  seed: number,
  events: () => Promise<void>,
): Promise<number> {
  let isOver = false;
  let rounds = 0;
  const happening = events().finally(() => isOver = true);
  try {
    while (!isOver) await compare(client, generated, new RandomValues(seed + rounds++), PATIENT, PATIENT_ROWS);
  } finally {
    await happening;
  }
  return rounds;
}

const nodesAre = (client: Client, count: number) =>
  until(`the client knows ${count} nodes`, async () => (await client.nodes()).length === count);

/** Waits until nothing that was broken is left out any more, and reads are at home on the direct path again. */
const settled = (client: Client, keys: readonly Key[]) =>
  until("the direct path answers everything again", async () => {
    const { direct } = await during(client, async () => await client.batchRead(keys, PATIENT));
    return direct.answered === keys.length;
  });

seeded("one server: both paths give the same rows and records", [SEED, SEED + 1, SEED + 2], async (seed) => {
  await compareAtRest(client, await data(client, seed, 150), seed);
});

onThree("three nodes: both paths give the same rows and records", async (seed, server, client) => {
  for (const more of range(ROUNDS)) {
    const generated = await data(client, seed + more, 150);
    const before = server.stats().proxied;
    await compareAtRest(client, generated, seed + more);
    assertStrictEquals(server.stats().proxied, before);
  }
});

onThree("a node goes and comes back: both paths give the same", async (seed, server, client) => {
  const generated = await data(client, seed, 100);
  const random = new RandomValues(seed);
  const rounds = await compareDuring(client, generated, seed, async () => {
    for (const _ of range(ROUNDS)) {
      const node = random.below(3);
      await pause(random.below(100));
      server.stopNode(node);
      await nodesAre(client, 2);
      await pause(random.below(300));
      server.startNode(node);
      await nodesAre(client, 3);
    }
  });
  assertGreater(rounds, 0);
  await settled(client, generated.keys);
  await compareAtRest(client, generated, seed);
});

onThree("a node that is gone for less than a look: both paths give the same", async (seed, server, client) => {
  const generated = await data(client, seed, 100);
  const random = new RandomValues(seed);
  await compareDuring(client, generated, seed, async () => {
    for (const round of range(4 * ROUNDS)) {
      await pause(random.below(100));
      server.stopNode(round % 3);
      await pause(random.below(100));
      server.startNode(round % 3);
    }
  });
  await nodesAre(client, 3);
  await settled(client, generated.keys);
  await compareAtRest(client, generated, seed);
});

onThree("partitions move: both paths give the same", async (seed, server, client) => {
  const generated = await data(client, seed, 100);
  const random = new RandomValues(seed);
  const rounds = await compareDuring(client, generated, seed, async () => {
    for (const _ of range(8 * ROUNDS)) {
      await pause(random.below(150));
      const partitions = range(1 + random.below(4095)).map(() => random.below(4096));
      server.movePartitions({ partitions, to: random.below(2) === 0 ? random.below(3) : undefined });
    }
  });
  assertGreater(rounds, 0);
  await settled(client, generated.keys);
  await compareAtRest(client, generated, seed);
});

onThree("faults of one node at a time: both paths give the same", async (seed, server, client) => {
  const generated = await data(client, seed, 100);
  const random = new RandomValues(seed);
  const faults = (): EmulatorFault =>
    [
      { delayMs: 1 + random.below(40), dataOnly: true },
      { truncate: 1 + random.below(5), dataOnly: true },
      { dropConnections: true },
    ][random.below(3)] as EmulatorFault;
  await compareDuring(client, generated, seed, async () => {
    for (const _ of range(12 * ROUNDS)) {
      const node = random.below(3);
      server.fault({ node, ...faults() });
      await pause(random.below(60));
      server.fault({ node });
    }
  });
  await settled(client, generated.keys);
  await compareAtRest(client, generated, seed);
});

/** What a batch and single reads of the same keys come to on a path. */
async function outcomes(client: Client, keys: readonly Key[], readPath: ReadPath): Promise<unknown[]> {
  const options = { totalTimeout: LONG_MS, readPath };
  const rows = seenRows(await client.batchRead(keys, options));
  const single = (key: Key) =>
    client.get(key, options).then(
      (record) => seenRecord(record).bins,
      (error: AerospikeError) => [error.constructor.name, error.codeName, error.inDoubt, error.node],
    );
  return [rows.map(({ ttl: _, ...row }) => row), await Promise.all(keys.map(single))];
}

onThree(
  "a node that answers errors: both paths give the same rows and the same errors",
  async (seed, server, client) => {
    const { keys } = await data(client, seed, 150);
    // SERVER, PARTITION_UNAVAILABLE, RECORD_BUSY, DEVICE_OVERLOAD, FAIL_FORBIDDEN, and one that no table has.
    for (const code of [1, 11, 14, 18, 22, 199]) {
      server.fault({ node: seed % 3, code });
      const [direct, core] = await Promise.all(PATHS.map((readPath) => outcomes(client, keys, readPath)));
      assertEquals(direct, core, `code ${code}`);
      assert(JSON.stringify(direct).includes(`"code":${code}`), `code ${code} was not seen`);
    }
    server.fault();
    await settled(client, keys);
  },
);

/** Text that is none, on its own, in a list, as a key of a map and deep inside. */
const NO_TEXT: readonly (readonly [BinValue, string])[] = [
  [new Unparsed(3, new Uint8Array([0xff, 0xfe])), "Unparsed"],
  [new Unparsed(20, new Uint8Array([0x92, 0xa3, 3, 0xff, 0xfe, 7])), "Array"],
  [new Unparsed(19, new Uint8Array([0x81, 0xa3, 3, 0xff, 0xfe, 1])), "Unparsed"],
  [new Unparsed(20, new Uint8Array([0x91, 0x81, 0xa2, 3, 0x61, 0xa2, 3, 0xc0])), "Array"],
];

/** What core cannot decode: the list of all differences. */
async function compareUndecodable(client: Client): Promise<void> {
  const set = freshSet();
  const keys = range(60).map((i) => new Key("test", set, i));
  const odd = (i: number) => i % 15 === 7 ? NO_TEXT[(i - 7) / 15] : undefined;
  for (const [i, key] of keys.entries()) {
    const value = odd(i)?.[0];
    await client.put(key, { n: i, ...(value === undefined ? {} : { odd: value }) }, {
      ttl: 600,
      totalTimeout: LONG_MS,
    });
  }
  const [direct, core] = await Promise.all(
    PATHS.map((readPath) => client.batchRead(keys, { readPath, totalTimeout: LONG_MS })),
  );
  assert(direct !== undefined && core !== undefined);
  const [rows, others] = [seenRows(direct), seenRows(core)];
  for (const [i, row] of direct.toArray().entries()) {
    // Every row is there, and every value but the one that is no text.
    assertStrictEquals(row.status, "ok", `row ${i}`);
    assertStrictEquals(row.record?.bins["n"], i);
    const other = others[i];
    assert(other !== undefined);
    if (other.status === "ok") {
      assertStrictEquals(odd(i), undefined, `core decoded row ${i}`);
      assertSame(rows[i] ?? other, other, `row ${i}`);
    } else {
      // Core gives up the rest of a node's answer with the row that it cannot decode.
      assertEquals([other.status, other.code], ["failed", -1], `row ${i}`);
    }
  }
  for (const [i, key] of keys.entries()) {
    const record = await client.get(key, { readPath: "direct", totalTimeout: LONG_MS });
    const kind = odd(i)?.[1];
    if (kind === undefined) {
      const other = await client.get(key, { readPath: "core", totalTimeout: LONG_MS });
      assertEquals(seenRecord(record).bins, seenRecord(other).bins);
      continue;
    }
    assertStrictEquals(record?.bins["n"], i);
    assertStrictEquals((record?.bins["odd"] as object).constructor.name, kind);
    const error = await assertRejects(() => client.get(key, { readPath: "core", totalTimeout: LONG_MS }));
    assertInstanceOf(error, AerospikeError);
    assertStrictEquals(error.code, -1, error.message);
  }
  await client.batchRemove(keys, { totalTimeout: LONG_MS });
}

test("one server: what core cannot decode is all that differs", () => compareUndecodable(client));

onThree(
  "three nodes: what core cannot decode is all that differs",
  (_seed, _server, client) => compareUndecodable(client),
);

onThree("a batch with rows on every node, some twice: none is lost, none comes in another's place", async (
  seed,
  server,
  client,
) => {
  const random = new RandomValues(seed);
  const keys = range(3_000).map((i) => new Key("test", "places", i));
  server.load(keys.map((key, i) => ({ key, bins: { i } })));
  const rows = range(5_000).map(() => random.below(keys.length + 500));
  const asked = rows.map((i) => keys[i] ?? new Key("test", "places", `none ${i}`));
  const expected = rows.map((i) => keys[i] === undefined ? "nil" : canonical(i));
  const read = async (what: string) => {
    const batches = await Promise.all(PATHS.map((readPath) => client.batchRead(asked, { ...PATIENT, readPath })));
    for (const batch of batches) {
      assertStrictEquals(batch.length, asked.length);
      assertEquals(batch.toArray().map((row) => canonical(row.record?.bins["i"] ?? null)), expected, what);
    }
  };
  await read("at rest");
  for (const node of range(3)) {
    const reading = range(4).map((n) => pause(2 * n).then(() => read(`node ${node} stops`)));
    await pause(random.below(10));
    server.stopNode(node);
    await Promise.all(reading);
    const again = range(4).map((n) => pause(2 * n).then(() => read(`node ${node} starts`)));
    server.startNode(node);
    server.movePartitions();
    await Promise.all(again);
    await nodesAre(client, 3);
  }
});
