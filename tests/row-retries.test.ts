/**
 * `retryRows`: rows that failed for a reason that passes are sent again, and what may have taken place is not.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  AbortError,
  type BatchRows,
  type Client,
  connect,
  exp,
  Key,
  type MixedRow,
  op,
  type RowRetries,
} from "../mod.ts";
import type { Emulator, EmulatorFault } from "../emulator/mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";
import { until } from "./support/wait.ts";

const TIMEOUT = 9;
const PARTITION_UNAVAILABLE = 11;
const KEY_BUSY = 14;
const DEVICE_OVERLOAD = 18;
const REFUSALS = [PARTITION_UNAVAILABLE, KEY_BUSY, DEVICE_OVERLOAD];

const keys = Array.from({ length: 3 }, (_, i) => new Key("test", "retries", i));
const onEmulator = testOnEmulator();
/** Pauses that cost the tests nothing. */
const often = (attempts: number, more: Partial<RowRetries> = {}) => ({
  retryRows: { attempts, baseMs: 1, maxMs: 2, ...more },
  totalTimeout: 30_000,
});

const load = (emulator: Emulator) => emulator.load(keys.map((key, n) => ({ key, bins: { n } })));
const codes = (rows: BatchRows) => rows.toArray().map(({ code }) => code);
const attempts = (rows: BatchRows) => rows.toArray().map((row) => row.attempts);
/** So many commands on a record are answered with the code; the first rows of a batch, then those that are sent again. */
const refuse = (emulator: Emulator, code: number, commands: number, more: EmulatorFault = {}) =>
  emulator.fault({ code, commands, dataOnly: true, ...more });
const bins = async (client: Client) => (await client.batchRead(keys)).toArray().map((row) => ({ ...row.record?.bins }));

const MIXED: readonly MixedRow[] = [
  { kind: "write", key: keys[0] as Key, operations: [op.add("n", 10), op.read("n")] },
  { kind: "remove", key: keys[1] as Key },
  { kind: "read", key: keys[2] as Key },
];

for (const code of REFUSALS) {
  onEmulator(`${code} of rows that write and read: sent again until they are done`, async ({ emulator, client }) => {
    load(emulator);
    refuse(emulator, code, 4);
    const rows = await client.batch(MIXED, often(5));
    assertEquals(codes(rows), [0, 0, 0]);
    // Three rows of the first attempt, and one of the second.
    assertEquals(attempts(rows), [3, 2, 2]);
    assertEquals(rows.value(0, "n"), 10);
    assertEquals(await bins(client), [{ n: 10 }, {}, { n: 2 }]);
  });

  onEmulator(`${code} without retryRows is the row's answer`, async ({ emulator, client }) => {
    load(emulator);
    refuse(emulator, code, 2);
    const rows = await client.batch(MIXED);
    assertEquals([codes(rows), attempts(rows)], [[code, code, 0], [1, 1, 1]]);
    assertEquals(rows.toArray().map(({ inDoubt }) => inDoubt), [false, false, false]);
    assertEquals(await bins(client), [{ n: 0 }, { n: 1 }, { n: 2 }]);
  });
}

onEmulator("every batch has it, and clients can make it their own", async (own) => {
  const { emulator } = own;
  const { retryRows } = often(3);
  const client = await own.reconnect({
    policies: { batch: { retryRows }, batchWrite: { retryRows }, batchRemove: { retryRows } },
  });
  load(emulator);
  refuse(emulator, KEY_BUSY, 2);
  assertEquals(attempts(await client.batchWrite(keys.map((key) => ({ key, bins: { n: 5 } })))), [2, 2, 1]);
  refuse(emulator, KEY_BUSY, 2);
  assertEquals(attempts(await client.batchOperate(keys, [op.add("n", 1)])), [2, 2, 1]);
  refuse(emulator, KEY_BUSY, 2);
  const read = await client.batchRead(keys, { readPath: "core" });
  assertEquals([attempts(read), read.toArray().map((row) => row.record?.bins["n"])], [[2, 2, 1], [6, 6, 6]]);
  refuse(emulator, KEY_BUSY, 2);
  const operated = await client.batchOperate(keys, [op.readExp("n", exp.intBin("n"))]);
  assertEquals(attempts(operated), [2, 2, 1]);
  refuse(emulator, KEY_BUSY, 1);
  assertEquals((await client.batchExists(keys, { readPath: "core" })).map((row) => [row.exists, row.attempts]), [
    ...[[true, 2], [true, 1], [true, 1]],
  ]);
  refuse(emulator, KEY_BUSY, 2);
  assertEquals(attempts(await client.batchRemove(keys)), [2, 2, 1]);
  assertEquals((await client.batchExists(keys)).map(({ exists }) => exists), [false, false, false]);
  refuse(emulator, KEY_BUSY, 3);
  assertEquals(attempts(await client.batchRemove(keys, { retryRows: { attempts: 1 } })), [1, 1, 1]);
});

onEmulator("columns: a row that was sent again has its cells, and no error of before", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, DEVICE_OVERLOAD, 3);
  const columns = await client.batchReadColumns(keys, { n: "i32" }, { ...often(2), readPath: "core" });
  assertEquals([[...columns.codes], [...columns.columns.n]], [[0, 0, 0], [0, 1, 2]]);
  assertEquals([columns.foundCount, columns.failedCount], [3, 0]);
});

onEmulator("the direct path's rows are sent again through core", async ({ emulator, client }) => {
  load(emulator);
  await until("the direct path is ready", async () => (await client.stats()).direct.ready);
  // Once on the direct path, once by core.
  refuse(emulator, KEY_BUSY, 6);
  const rows = await client.batchRead(keys, often(2));
  assertEquals([codes(rows), attempts(rows)], [[0, 0, 0], [2, 2, 2]]);
});

onEmulator("what the attempts end with is the row's answer, with how many there were", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, KEY_BUSY, 1000);
  const rows = await client.batch(MIXED, often(4));
  assertEquals([codes(rows), attempts(rows)], [[KEY_BUSY, KEY_BUSY, KEY_BUSY], [4, 4, 4]]);
  assertEquals([rows.foundCount, rows.failedCount], [0, 3]);
  assert(rows.at(2)?.error?.message.startsWith("rows[2]: RECORD_BUSY (14)"), rows.at(2)?.error?.message);
});

onEmulator("what does not pass is not sent again", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, 22, 1);
  const rows = await client.batch([
    { kind: "write", key: keys[0] as Key, bins: { n: 1 } },
    { kind: "write", key: keys[1] as Key, bins: { n: 1 }, recordExists: "create-only" },
    { kind: "read", key: new Key("test", "retries", "none") },
    { kind: "read", key: new Key("nowhere", "retries", 1) },
  ], often(5));
  assertEquals([codes(rows), attempts(rows)], [[22, 5, 2, 20], [1, 1, 1, 1]]);
});

onEmulator(
  "a write that timed out is in doubt: sent again only where it is asked for",
  async ({ emulator, client }) => {
    load(emulator);
    refuse(emulator, TIMEOUT, 3);
    const rows = await client.batch(MIXED, often(5));
    assertEquals([codes(rows), attempts(rows)], [[TIMEOUT, TIMEOUT, 0], [1, 1, 2]]);
    assertEquals(rows.toArray().map(({ inDoubt }) => inDoubt), [true, true, false]);
    assertEquals(await bins(client), [{ n: 0 }, { n: 1 }, { n: 2 }]);
    refuse(emulator, TIMEOUT, 3);
    const again = await client.batch(MIXED, often(5, { inDoubt: true }));
    assertEquals([codes(again), attempts(again)], [[0, 0, 0], [2, 2, 2]]);
    assertEquals(again.toArray().map(({ inDoubt }) => inDoubt), [false, false, false]);
    assertEquals(await bins(client), [{ n: 10 }, {}, { n: 2 }]);
  },
);

onEmulator("doubt stays where a later attempt is refused", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, TIMEOUT, 1);
  const row: MixedRow = { kind: "write", key: keys[0] as Key, bins: { n: 7 }, generation: 4 };
  const rows = await client.batch([row, ...MIXED.slice(1)], often(3, { inDoubt: true }));
  assertEquals([codes(rows), attempts(rows)], [[3, 0, 0], [2, 1, 1]]);
  assertEquals([rows.at(0)?.inDoubt, rows.at(0)?.error?.inDoubt], [true, true]);
});

onEmulator("the deadline ends it: the rows have the last answer that they got", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, KEY_BUSY, 1_000_000);
  const rows = await client.batch(MIXED, {
    retryRows: { attempts: 100, baseMs: 200, maxMs: 200 },
    totalTimeout: 3_000,
  });
  assertEquals(codes(rows), [KEY_BUSY, KEY_BUSY, KEY_BUSY]);
  for (const row of rows) assert(row.attempts > 1 && row.attempts < 100, `${row.attempts}`);
});

onEmulator("an attempt that the deadline cuts off leaves writes in doubt", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, KEY_BUSY, 1_000_000);
  const running = client.batch(MIXED, { retryRows: { attempts: 100, baseMs: 50, maxMs: 50 }, totalTimeout: 3_000 });
  // The first attempt is answered, and any other but the last, which meets silence.
  await until("there is a second attempt", () => emulator.stats().batchRows >= 6);
  emulator.fault({ silence: true, dataOnly: true });
  const rows = await running;
  assertEquals(codes(rows), [KEY_BUSY, KEY_BUSY, KEY_BUSY]);
  assertEquals(rows.toArray().map(({ inDoubt }) => inDoubt), [true, true, false]);
  const [first = 0, second] = attempts(rows);
  assertStrictEquals(first, second);
  assert(first >= 2 && first < 100, `${first}`);
});

onEmulator("an abort ends the pause, and rejects as it does without", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, KEY_BUSY, 1000);
  const long = { retryRows: { attempts: 100, baseMs: 60_000, maxMs: 60_000 }, totalTimeout: 0 };
  for (const [rows, isWrite] of [[MIXED, true], [MIXED.slice(2), false]] as const) {
    const stop = new AbortController();
    const running = client.batch(rows, { ...long, signal: stop.signal }).catch((error: unknown) => error);
    const before = emulator.stats();
    await until(
      "the first attempt is answered",
      () => emulator.stats().batchRows + emulator.stats().commands > before.batchRows + before.commands,
    );
    const reason = new Error("enough");
    stop.abort(reason);
    const error = await running;
    if (isWrite) assertEquals([error instanceof AbortError, (error as AbortError).cause], [true, reason]);
    else assertStrictEquals(error, reason);
  }
});

onEmulator("a closed client ends the pause", async ({ emulator, client }) => {
  load(emulator);
  refuse(emulator, KEY_BUSY, 1000);
  const running = client.batch(MIXED, { retryRows: { attempts: 9, baseMs: 60_000, maxMs: 60_000 }, totalTimeout: 0 });
  const rejected = assertRejects(() => running, Error, "closed");
  await until("the first attempt is answered", () => emulator.stats().batchRows >= 3);
  await client.close({ drain: 0 });
  await rejected;
});

onEmulator("one command at a time: a row that waits to be sent again holds nobody back", async ({ emulator }) => {
  const client = await connect({ hosts: emulator.hosts, maxConcurrentCommands: 1 });
  try {
    load(emulator);
    refuse(emulator, KEY_BUSY, 3);
    const running = client.batch(MIXED, { retryRows: { attempts: 2, baseMs: 200, maxMs: 200 }, totalTimeout: 30_000 });
    await until("the first attempt is answered", () => emulator.stats().batchRows >= 3);
    assertEquals((await client.get(keys[2] as Key))?.bins["n"], 2);
    assertEquals(codes(await running), [0, 0, 0]);
    // Parts of a large batch take turns too.
    const many = Array.from({ length: 5000 }, (_, i) => keys[i % 3] as Key);
    assertStrictEquals((await client.batchRead(many, { readPath: "core", totalTimeout: 30_000 })).failedCount, 0);
  } finally {
    await client.close({ drain: 0 });
  }
});
