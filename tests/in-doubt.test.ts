/**
 * Batches that write, whose server goes away before it has answered all rows: each row says whether it is in doubt.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { AerospikeError, type BatchRows, type BatchWriteOptions, type Client, connect, Key, op } from "../mod.ts";
import type { Emulator } from "../emulator/mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";
import { RefusingServer } from "./support/refusing-server.ts";
import { until } from "./support/wait.ts";

const LONG_MS = 60_000;
const KEY_EXISTS = 5;
const NAMESPACE_NOT_FOUND = 20;
/** Codes with which a command is repeated where it may be; only the time-out says nothing about what was done. */
const REFUSALS = [[14, "RECORD_BUSY", false], [18, "DEVICE_OVERLOAD", false], [9, "TIMEOUT", true]] as const;
/** Answers to so many rows are several frames, of which the last is cut. */
const COUNT = 12_000;
const keys = Array.from({ length: COUNT }, (_, i) => new Key("test", "doubt", i));
const nowhere = new Key("nowhere", "doubt", 1);

// Core's own breaker would refuse what a fault breaks often.
const onEmulator = testOnEmulator({ tendInterval: 250, maxErrorRate: 0 });

type Write = (client: Client, options: BatchWriteOptions) => Promise<BatchRows>;

/** Writes all keys. The first row is refused, because its record exists; the second goes nowhere. */
const write: Write = (client, options) =>
  client.batchWrite([
    { key: keys[0] as Key, bins: { a: 2 }, recordExists: "create-only" },
    { key: nowhere, bins: { a: 2 } },
    ...keys.slice(1).map((key) => ({ key, bins: { a: 2 } })),
  ], { totalTimeout: LONG_MS, ...options });

/** Removes all keys. */
const remove: Write = (client, options) =>
  client.batchRemove([keys[0] as Key, nowhere, ...keys.slice(1)], { totalTimeout: LONG_MS, ...options });

/** Unlike those that are open, it shows that one was closed also where another was opened meanwhile. */
function connectionsClosed(emulator: Emulator): number {
  const { connectionsOpened, connectionsOpen } = emulator.stats();
  return connectionsOpened - connectionsOpen;
}

/** What must be so whatever has been answered: what has been is certain, what was sent and has not been is in doubt. */
function assertDoubts(rows: BatchRows, firstCode: number): void {
  const [first, second, ...rest] = rows.toArray();
  assertEquals([first?.code, first?.inDoubt], [firstCode, false], first?.error?.message);
  assertEquals([second?.code, second?.inDoubt], [NAMESPACE_NOT_FOUND, false], second?.error?.message);
  for (const [i, row] of rest.entries()) {
    assertStrictEquals(row.status === "ok" || row.status === "failed", true, `row ${i}: ${row.status}`);
    assertStrictEquals(row.inDoubt, row.status === "failed", `row ${i}: ${row.code} ${row.error?.message}`);
    assertStrictEquals(row.error?.inDoubt ?? false, row.inDoubt, `row ${i}`);
  }
  const failed = rest.filter((row) => row.status === "failed").length;
  assert(failed > 0 && failed < rest.length, `${failed} of ${rest.length} failed`);
}

for (const [name, run, firstCode] of [["batchWrite", write, KEY_EXISTS], ["batchRemove", remove, 0]] as const) {
  onEmulator(`${name}, its answer cut off: rows without an answer are in doubt`, async ({ emulator, client }) => {
    load(emulator);
    emulator.fault({ truncate: 1, dataOnly: true });
    assertDoubts(await run(client, {}), firstCode);
  });

  onEmulator(`${name} with retries, each answer cut off: rows without an answer are in doubt`, async (own) => {
    const { emulator, client } = own;
    load(emulator);
    emulator.fault({ truncate: 1_000, dataOnly: true });
    // Removed by an attempt that was not answered, a record is missing for the next.
    const rows = await run(client, { maxRetries: 3 });
    if (run === write) assertDoubts(rows, firstCode);
    assert(emulator.stats().batches > 1, "it was not sent again");
    const last = rows.at(-1);
    assertEquals([last?.status, last?.inDoubt], ["failed", true], last?.error?.message);
  });

  onEmulator(`${name} with retries, its node given up meanwhile: rows without an answer are in doubt`, async (own) => {
    const { emulator, client } = own;
    load(emulator);
    await client.warmUp(8);
    const before = connectionsClosed(emulator);
    emulator.fault({ truncate: 1, dataOnly: true });
    const running = run(client, { maxRetries: 2, sleepBetweenRetries: 4_000 });
    await until(
      "the answer is cut off",
      () => emulator.stats().batches === 1 && connectionsClosed(emulator) > before,
    );
    emulator.pause();
    await until("the node is given up", () => !client.isConnected());
    assertDoubts(await running, firstCode);
  });
}

onEmulator(
  "a write with retries, its node given up after it was sent: it is in doubt",
  async ({ emulator, client }) => {
    const key = keys[0] as Key;
    await client.put(key, { a: 1 });
    const { commands } = emulator.stats();
    const before = connectionsClosed(emulator);
    emulator.fault({ truncate: 1, dataOnly: true });
    const options = { totalTimeout: LONG_MS, maxRetries: 2, sleepBetweenRetries: 3_000 };
    const refused = assertRejects(() => client.put(key, { a: 2 }, options), AerospikeError);
    await until(
      "the answer is cut off",
      () => emulator.stats().commands > commands && connectionsClosed(emulator) > before,
    );
    emulator.pause();
    await until("the node is given up", () => !client.isConnected());
    const error = await refused;
    assertEquals([error.inDoubt, error.sent], [true, true], error.message);
  },
);

onEmulator(
  "a write that the server refuses is not in doubt, also with a code that would be worth a retry",
  async (own) => {
    const key = keys[0] as Key;
    for (const [code, codeName, inDoubt] of REFUSALS) {
      using server = await RefusingServer.open(own.emulator, code);
      await using client = await connect({ hosts: server.host, seedOnlyCluster: true, maxErrorRate: 0 });
      const calls = [
        (options: object) => client.put(key, { a: 1 }, options),
        (options: object) => client.remove(key, options),
        (options: object) => client.operate(key, [op.add("a", 1)], options),
      ];
      for (const call of calls) {
        const { refused } = server;
        const error = await assertRejects(() => call({ totalTimeout: LONG_MS }), AerospikeError);
        assertEquals([error.codeName, error.inDoubt, error.sent], [codeName, inDoubt, true], error.message);
        assertStrictEquals(server.refused, refused + 1);
        // An attempt before the last one may have been carried out, whatever it was answered.
        const again = await assertRejects(() => call({ totalTimeout: LONG_MS, maxRetries: 2 }), AerospikeError);
        assertEquals([again.codeName, again.inDoubt, again.sent], [codeName, true, true], again.message);
        assertStrictEquals(server.refused, refused + 4);
      }
    }
  },
);

function load(emulator: Emulator): void {
  emulator.load(keys.map((key) => ({ key, bins: { a: 1 } })));
}
