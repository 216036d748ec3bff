/**
 * What a server does with a user key that is sent to a record which is stored with another one.
 *
 * @module
 */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type BatchRows, Key, op, ServerError } from "../mod.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { storeUnderOtherUserKey } from "./support/wire.ts";

const { test, before, after } = suite();
const KEY_MISMATCH = 19;
const set = freshSet();
let serial = 0;
const freshKey = () => new Key("test", set, `key ${serial++}`);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.close());

/** A key whose record has another user key. */
async function strange(): Promise<Key> {
  const key = freshKey();
  await storeUnderOtherUserKey(server.hosts, key);
  return key;
}

const codes = (rows: BatchRows) => rows.toArray().map((row) => row.code);

test("with sendKey, no command touches a record that has another user key; without, the digest is enough", async () => {
  const { client } = server;
  const key = await strange();
  const calls = [
    (options: object) => client.put(key, { a: 2 }, options),
    (options: object) => client.add(key, { a: 1 }, options),
    (options: object) => client.touch(key, options),
    (options: object) => client.operate(key, [op.add("a", 1)], options),
    (options: object) => client.operate(key, [op.delete()], options),
  ];
  for (const call of calls) {
    const error = await assertRejects(() => call({ sendKey: true }), ServerError);
    assertEquals(
      [error.code, error.codeName, error.inDoubt],
      [KEY_MISMATCH, "RECORD_KEY_MISMATCH", false],
      error.message,
    );
  }
  const record = await client.get(key);
  assertEquals([{ ...record?.bins }, record?.generation], [{ a: 1 }, 1]);
  assertStrictEquals(await client.remove(key), true);
});

test("batchRemove with sendKey: rows of records that have another user key fail, and the records stay", async () => {
  const { client } = server;
  const [same, none, missing] = [freshKey(), freshKey(), freshKey()];
  const strangers = [await strange(), await strange()] as [Key, Key];
  await client.put(same, { a: 1 }, { sendKey: true });
  await client.put(none, { a: 1 });
  const keys = [strangers[0], same, none, missing, strangers[1]];
  const rows = await client.batchRemove(keys, { sendKey: true });
  assertEquals(codes(rows), [KEY_MISMATCH, 0, 0, 2, KEY_MISMATCH]);
  assertEquals([rows.foundCount, rows.failedCount], [2, 2]);
  assertEquals(rows.toArray().map((row) => row.record), [null, null, null, null, null]);
  assertEquals(rows.toArray().map((row) => row.inDoubt), [false, false, false, false, false]);
  assertStrictEquals(rows.at(0)?.error?.codeName, "RECORD_KEY_MISMATCH");
  assertEquals(codes(await client.batchRead(keys)), [0, 2, 2, 2, 0]);
  assertEquals(codes(await client.batchRemove(strangers)), [0, 0]);
});

test("batchRemove with sendKey: the only row of its node is compared too", async () => {
  const { client } = server;
  const key = await strange();
  assertEquals(codes(await client.batchRemove([key], { sendKey: true })), [KEY_MISMATCH]);
  assertStrictEquals(await client.exists(key), true);
  assertEquals(codes(await client.batchRemove([key])), [0]);
  const own = freshKey();
  await client.put(own, { a: 1 }, { sendKey: true });
  assertEquals(codes(await client.batchRemove([own], { sendKey: true })), [0]);
  assertEquals(codes(await client.batchRemove([own], { sendKey: true })), [2]);
  assertStrictEquals(await client.exists(own), false);
});

test("batchWrite with sendKey: the row of a record that has another user key fails, alone or among others", async () => {
  const { client } = server;
  const [key, fresh] = [await strange(), freshKey()];
  const row = { key, bins: { a: 2 } };
  assertEquals(codes(await client.batchWrite([row], { sendKey: true })), [KEY_MISMATCH]);
  const rows = await client.batchWrite([row, { key: fresh, bins: { a: 2 } }], { sendKey: true });
  assertEquals(codes(rows), [KEY_MISMATCH, 0]);
  assertEquals({ ...(await client.get(key))?.bins }, { a: 1 });
  await client.batchRemove([key, fresh]);
});
