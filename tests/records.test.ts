import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { test } from "node:test";
import {
  AerospikeRecord,
  type BinInput,
  connect,
  Double,
  GenerationError,
  InvalidArgumentError,
  Key,
  op,
  RecordExistsError,
  ServerError,
  type WriteOptions,
} from "../mod.ts";
import { leftOut } from "./support/left-out.ts";
import { freshSet, startServer } from "./support/server.ts";
import { resultOfOtherUserKey } from "./support/wire.ts";

const set = freshSet();
/** `RECORD_KEY_MISMATCH` */
const KEY_MISMATCH = 19;
const server = await startServer();

let serial = 0;
/** A key without a record. */
const freshKey = (namespace = "test") => new Key(namespace, set, `record-${serial++}`);

/** A key with a record. */
async function stored(bins: Record<string, BinInput> = { a: 1 }, options: WriteOptions = {}): Promise<Key> {
  const key = freshKey();
  await server.client.put(key, bins, options);
  return key;
}

async function binsOf(key: Key): Promise<Record<string, unknown> | null> {
  const record = await server.client.get(key);
  return record === null ? null : { ...record.bins };
}

/** The rejection of the server, with this name. */
async function assertServerError(body: () => Promise<unknown>, codeName: string): Promise<ServerError> {
  const error = await assertRejects(body, ServerError) as ServerError;
  assertStrictEquals(error.codeName, codeName, error.message);
  return error;
}

test("put and get: bins, generation, ttl and key", async () => {
  const key = freshKey();
  await server.client.put(key, { name: "Alice", age: 30 });
  const record = await server.client.get(key);
  assertInstanceOf(record, AerospikeRecord);
  assertEquals({ ...record.bins }, { name: "Alice", age: 30 });
  assertStrictEquals(record.generation, 1);
  assertStrictEquals(record.ttl, "never");
  assertStrictEquals(record.expiresAt, null);
  assert(record.key.equals(key));
  await server.client.put(key, { age: 31 });
  const second = await server.client.get(key);
  assertEquals({ ...second?.bins }, { name: "Alice", age: 31 });
  assertStrictEquals(second?.generation, 2);
});

test("keys of every kind find their own record, and a digest finds it too", async () => {
  const keys = [
    new Key("test", set, "user"),
    new Key("test", set, ""),
    new Key("test", set, 7),
    new Key("test", set, "7"),
    new Key("test", set, -(2n ** 63n)),
    new Key("test", set, new Uint8Array([55])),
    new Key("test", "", `${set}-no-set`),
  ];
  for (const [i, key] of keys.entries()) await server.client.put(key, { i });
  for (const [i, key] of keys.entries()) {
    assertEquals(await binsOf(key), { i });
    assertEquals(await binsOf(Key.fromDigest("test", key.set, key.digest)), { i });
  }
  const byDigest = Key.fromDigest("test", set, new Key("test", set, "by digest").digest);
  await server.client.put(byDigest, { i: "digest" });
  assertEquals(await binsOf(new Key("test", set, "by digest")), { i: "digest" });
  for (const key of keys) assert(await server.client.remove(key));
});

test("namespaces are apart", async () => {
  const test = freshKey("test");
  const bar = new Key("bar", test.set, test.userKey as string);
  await server.client.put(test, { where: "test" });
  assertStrictEquals(await server.client.get(bar), null);
  await server.client.put(bar, { where: "bar" });
  assertEquals(await binsOf(test), { where: "test" });
  assertEquals(await binsOf(bar), { where: "bar" });
});

test("a namespace that does not exist: the error says how to find those that do", async () => {
  const key = new Key("nowhere", set, 1);
  for (const command of [() => server.client.get(key), () => server.client.put(key, { a: 1 })]) {
    const error = await assertRejects(command) as ServerError;
    assertStrictEquals(error.codeName, "NAMESPACE_NOT_FOUND", error.message);
    assert(/nowhere/.test(error.message), error.message);
    const names = /\btest\b/.test(error.message) && /\bbar\b/.test(error.message);
    assert(names || /info\("namespaces"\)/.test(error.message), `no cure: ${error.message}`);
  }
});

test("get: bins chooses, a bin that is not there is absent, no record is null", async () => {
  const key = await stored({ a: 1, b: 2, c: 3 });
  const some = await server.client.get(key, { bins: ["a", "c", "zz"] });
  assertEquals({ ...some?.bins }, { a: 1, c: 3 });
  const none = await server.client.get(key, { bins: ["zz"] });
  assert(none !== null);
  assertEquals({ ...none.bins }, {});
  assertStrictEquals(none.generation, 1);
  assertStrictEquals(await server.client.get(freshKey()), null);
  assertStrictEquals(await server.client.get(freshKey(), { bins: ["a"] }), null);
});

test("header: generation and ttl without bins; null without a record", async () => {
  const key = await stored({ a: 1 }, { ttl: 1000 });
  await server.client.put(key, { a: 2 }, { ttl: "keep" });
  const header = await server.client.header(key);
  assert(header !== null);
  assertEquals(Object.keys(header.bins ?? {}), []);
  assertStrictEquals(header.generation, 2);
  assert(typeof header.ttl === "number" && header.ttl > 900 && header.ttl <= 1000, `${header.ttl}`);
  assertStrictEquals(await server.client.header(freshKey()), null);
});

test("a miss is what the README says", async () => {
  const key = freshKey();
  assertStrictEquals(await server.client.get(key), null);
  assertStrictEquals(await server.client.header(key), null);
  assertStrictEquals(await server.client.exists(key), false);
  assertStrictEquals(await server.client.remove(key), false);
  assertStrictEquals(await server.client.touch(key), false);
  assertStrictEquals(await server.client.operate(key, [op.read("a")]), null);
  await assertServerError(() => server.client.put(key, { a: 1 }, { recordExists: "update-only" }), "RECORD_NOT_FOUND");
  const write = () => server.client.operate(key, [op.write("a", 1), op.read("a")], { recordExists: "update-only" });
  await assertServerError(write, "RECORD_NOT_FOUND");
  const [row] = (await server.client.batchRead([key])).toArray();
  assertStrictEquals(row?.status, "not-found");
  assertStrictEquals(await server.client.exists(key), false, "one of the misses made a record");
});

test("exists and remove say what was there", async () => {
  const key = await stored();
  assertStrictEquals(await server.client.exists(key), true);
  assertStrictEquals(await server.client.remove(key), true);
  assertStrictEquals(await server.client.exists(key), false);
  assertStrictEquals(await server.client.remove(key), false);
});

test("generation: written only when it is the one that is expected", async () => {
  const key = await stored({ a: 1 });
  await server.client.put(key, { a: 2 }, { generation: 1 });
  const error = await assertRejects(() => server.client.put(key, { a: 3 }, { generation: 1 }), GenerationError);
  assertStrictEquals((error as GenerationError).codeName, "RECORD_GENERATION");
  assertStrictEquals((error as GenerationError).inDoubt, false);
  assertEquals(await binsOf(key), { a: 2 });
  for (
    const refused of [
      () => server.client.remove(key, { generation: 9 }),
      () => server.client.touch(key, { generation: 9 }),
      () => server.client.add(key, { a: 1 }, { generation: 9 }),
      () => server.client.append(key, { s: "x" }, { generation: 9 }),
      () => server.client.prepend(key, { s: "x" }, { generation: 9 }),
      () => server.client.operate(key, [op.write("a", 9)], { generation: 9 }),
    ]
  ) await assertRejects(refused, GenerationError);
  assertEquals(await binsOf(key), { a: 2 });
  assertStrictEquals(await server.client.remove(key, { generation: 2 }), true);
});

test("generation greater: written only when the given one is above the record's", async () => {
  const key = await stored({ a: 1 });
  const greater = (generation: number): WriteOptions => ({ generation, generationPolicy: "greater" });
  await assertRejects(() => server.client.put(key, { a: 2 }, greater(1)), GenerationError);
  await server.client.put(key, { a: 3 }, greater(5));
  assertEquals(await binsOf(key), { a: 3 });
  // Without the policy the same number is compared for equality.
  await assertRejects(() => server.client.put(key, { a: 4 }, { generation: 5 }), GenerationError);
});

test("recordExists: update, update-only, replace, replace-only, create-only", async () => {
  const { client } = server;
  const missing = freshKey();
  await assertServerError(() => client.put(missing, { a: 1 }, { recordExists: "update-only" }), "RECORD_NOT_FOUND");
  await assertServerError(() => client.put(missing, { a: 1 }, { recordExists: "replace-only" }), "RECORD_NOT_FOUND");
  assertStrictEquals(await client.get(missing), null);
  await client.put(missing, { a: 1 }, { recordExists: "create-only" });
  assertEquals(await binsOf(missing), { a: 1 });
  const replaced = freshKey();
  await client.put(replaced, { a: 1 }, { recordExists: "replace" });
  assertEquals(await binsOf(replaced), { a: 1 });

  const key = await stored({ a: 1 });
  const error = await assertRejects(
    () => client.put(key, { b: 9 }, { recordExists: "create-only" }),
    RecordExistsError,
  );
  assertStrictEquals((error as RecordExistsError).codeName, "RECORD_EXISTS");
  assertEquals(await binsOf(key), { a: 1 });
  await client.put(key, { b: 2 }, { recordExists: "update" });
  await client.put(key, { c: 3 }, { recordExists: "update-only" });
  assertEquals(await binsOf(key), { a: 1, b: 2, c: 3 });
  await client.put(key, { d: 4 }, { recordExists: "replace-only" });
  assertEquals(await binsOf(key), { d: 4 });
  await client.put(key, { e: 5 }, { recordExists: "replace" });
  assertEquals(await binsOf(key), { e: 5 });
});

test("ttl: seconds, never, keep and default", async () => {
  const { client } = server;
  const key = freshKey();
  const ttl = async () => (await client.header(key))?.ttl;
  const around = async (seconds: number) => {
    const left = await ttl();
    assert(typeof left === "number" && left <= seconds && left > seconds - 30, `${left} is not about ${seconds}`);
  };
  await client.put(key, { a: 1 }, { ttl: 1000 });
  await around(1000);
  await client.put(key, { a: 2 }, { ttl: "keep" });
  await around(1000);
  await client.touch(key, { ttl: 5000 });
  await around(5000);
  await client.put(key, { a: 3 }, { ttl: "never" });
  assertStrictEquals(await ttl(), "never");
  await client.put(key, { a: 4 }, { ttl: 315_360_000 });
  await around(315_360_000);
  // The default of the namespaces of both servers is never.
  await client.put(key, { a: 5 }, { ttl: "default" });
  assertStrictEquals(await ttl(), "never");
  await client.operate(key, [op.touch()], { ttl: 2000 });
  await around(2000);
  await client.add(key, { a: 1 }, { ttl: 3000 });
  await around(3000);
});

test("ttl: 0 is refused with the words for it, and so is what is no ttl", async () => {
  const key = await stored();
  const zero = await assertRejects(() => server.client.put(key, { a: 1 }, { ttl: 0 }), InvalidArgumentError);
  for (const word of ["never", "keep", "default"]) assert(zero.message.includes(`"${word}"`), zero.message);
  for (const ttl of [-1, -2, 1.5, NaN, Infinity, "soon", null, 2 ** 32]) {
    await assertRejects(
      () => server.client.put(key, { a: 1 }, { ttl } as unknown as WriteOptions),
      InvalidArgumentError,
      "ttl",
    );
  }
  assertStrictEquals((await server.client.header(key))?.generation, 1, "something was written");
});

test("expiresAt is the reading plus the ttl", async () => {
  const key = await stored({ a: 1 }, { ttl: 600 });
  const before = Date.now();
  const record = await server.client.get(key);
  const expires = record?.expiresAt;
  assertInstanceOf(expires, Date);
  // The server counts whole seconds.
  const left = (expires.getTime() - before) / 1000;
  assert(left > 590 && left < 620, `${left} s`);
});

test("a record is gone when its ttl has passed", async () => {
  if (server.emulator === undefined) return leftOut("expiry", "a clock that can be advanced: the emulator's");
  const { client, emulator } = server;
  const short = await stored({ a: 1 }, { ttl: 60 });
  const long = await stored({ a: 1 }, { ttl: 6000 });
  const never = await stored({ a: 1 }, { ttl: "never" });
  emulator.advance(30);
  assertStrictEquals(await client.exists(short), true);
  emulator.advance(31);
  assertStrictEquals(await client.get(short), null);
  assertStrictEquals(await client.exists(short), false);
  assertStrictEquals(await client.touch(short), false);
  await client.put(short, { a: 2 }, { recordExists: "create-only" });
  assertStrictEquals((await client.get(short))?.generation, 1);
  assertStrictEquals(await client.exists(long), true);
  assertStrictEquals(await client.exists(never), true);
});

test("touch renews the ttl and counts as a write", async () => {
  const key = await stored({ a: 1 }, { ttl: 100 });
  assertStrictEquals(await server.client.touch(key, { ttl: 9000 }), true);
  const record = await server.client.get(key);
  assertStrictEquals(record?.generation, 2);
  assertGreater(record?.ttl as number, 8000);
  assertEquals({ ...record?.bins }, { a: 1 });
});

test("sendKey stores the user key, and it stays; without it none is stored", async () => {
  const { client, hosts } = server;
  const key = await stored({ a: 1 });
  // A server that knows the user key refuses another one that comes with the same digest.
  assertStrictEquals(await resultOfOtherUserKey(hosts, key), 0);
  await client.put(key, { a: 2 }, { sendKey: true });
  assertStrictEquals(await resultOfOtherUserKey(hosts, key), KEY_MISMATCH);
  await client.put(key, { a: 3 });
  assertStrictEquals(await resultOfOtherUserKey(hosts, key), KEY_MISMATCH);
  assertEquals(await binsOf(key), { a: 3 });
  const batched = freshKey();
  await client.batchWrite([{ key: batched, bins: { a: 1 } }], { sendKey: true });
  assertStrictEquals(await resultOfOtherUserKey(hosts, batched), KEY_MISMATCH);
});

test("durableDelete needs the Enterprise Edition, and the error says so", async () => {
  const edition = Object.values(await server.client.info("edition"))[0] as unknown;
  const key = await stored();
  if (JSON.stringify(edition).includes("Enterprise")) {
    return leftOut("the refusal of durableDelete", "the Community Edition");
  }
  const error = await assertServerError(() => server.client.remove(key, { durableDelete: true }), "ENTERPRISE_ONLY");
  assertStrictEquals(error.code, 25);
  assertStrictEquals(await server.client.exists(key), true);
});

test("commitLevel master is accepted, another one is not", async () => {
  const key = await stored({ a: 1 }, { commitLevel: "master" });
  assertEquals(await binsOf(key), { a: 1 });
  await assertRejects(
    () => server.client.put(key, { a: 1 }, { commitLevel: "some" } as unknown as WriteOptions),
    InvalidArgumentError,
    "commitLevel",
  );
});

test("null deletes a bin, the last bin deletes the record", async () => {
  const key = await stored({ a: 1, b: 2 });
  await server.client.put(key, { a: null });
  assertEquals(await binsOf(key), { b: 2 });
  await server.client.put(key, { zz: null });
  assertEquals(await binsOf(key), { b: 2 });
  await server.client.put(key, { b: null, c: 3 });
  assertEquals(await binsOf(key), { c: 3 });
  await server.client.put(key, { c: null });
  assertStrictEquals(await server.client.exists(key), false);
});

test("add: integers, doubles, several bins, a bin and a record that were not there", async () => {
  const { client } = server;
  const key = await stored({ n: 40, d: 1.5 });
  await client.add(key, { n: 2, d: 0.25, fresh: 7 });
  assertEquals(await binsOf(key), { n: 42, d: 1.75, fresh: 7 });
  await client.add(key, { n: -50n });
  assertStrictEquals((await binsOf(key))?.["n"], -8);
  await client.add(key, { d: new Double(1) });
  assertStrictEquals((await binsOf(key))?.["d"], 2.75);
  const missing = freshKey();
  await client.add(missing, { n: 1 });
  assertEquals(await binsOf(missing), { n: 1 });
  // The server's integers wrap around.
  await client.put(missing, { n: 2n ** 63n - 1n });
  await client.add(missing, { n: 1 });
  assertStrictEquals((await binsOf(missing))?.["n"], -(2n ** 63n));
});

test("append and prepend: strings and blobs, a bin that was not there", async () => {
  const { client } = server;
  const key = await stored({ s: "b", x: new Uint8Array([2]) });
  await client.append(key, { s: "c", x: new Uint8Array([3]), fresh: "f" });
  await client.prepend(key, { s: "ä", x: new Uint8Array([1]) });
  assertEquals(await binsOf(key), { s: "äbc", x: new Uint8Array([1, 2, 3]), fresh: "f" });
});

test("a bin of another type is refused by name, and nothing is written", async () => {
  const { client } = server;
  const key = await stored({ s: "text", n: 1, d: 1.5, l: [1] });
  for (
    const wrong of [
      () => client.add(key, { s: 1 }),
      () => client.add(key, { l: 1 }),
      () => client.add(key, { d: 1 }),
      () => client.add(key, { n: 0.5 }),
      () => client.append(key, { n: "x" }),
      () => client.prepend(key, { s: new Uint8Array([1]) }),
      () => client.operate(key, [op.write("n", 9), op.add("s", 1)]),
    ]
  ) {
    const error = await assertServerError(wrong, "BIN_INCOMPATIBLE_TYPE");
    assertStrictEquals(error.code, 12);
    assertStrictEquals(error.inDoubt, false);
    assertStrictEquals(error.namespace, "test");
    assertStrictEquals(error.set, set);
  }
  assertEquals(await binsOf(key), { s: "text", n: 1, d: 1.5, l: [1] });
});

test("operate: results stand where their operations stand", async () => {
  const { client } = server;
  const key = await stored({ n: 1, s: "b" });
  const operations = [
    op.read("n"),
    op.add("n", 41),
    op.read("n"),
    op.append("s", "c"),
    op.prepend("s", "a"),
    op.read("s"),
    op.write("w", [1, 2]),
    op.read("w"),
    op.read("zz"),
  ];
  const result = await client.operate(key, operations);
  assert(result !== null);
  assertStrictEquals(result.results.length, operations.length);
  assertStrictEquals(result.results[0], 1);
  assertStrictEquals(result.results[1], null);
  assertStrictEquals(result.results[2], 42);
  assertStrictEquals(result.results[5], "abc");
  assertEquals(result.results[7], [1, 2]);
  assertStrictEquals(result.results[8], null);
  assertStrictEquals(result.generation, 2);
  assertEquals({ ...result.bins }, { n: 42, s: "abc", w: [1, 2] });
});

test("operate: several operations on one bin take place in order", async () => {
  const key = await stored({ n: 1 });
  const result = await server.client.operate(key, [
    op.add("n", 1),
    op.read("n"),
    op.add("n", 10),
    op.read("n"),
    op.write("n", -1),
    op.read("n"),
  ]);
  assertEquals([1, 3, 5].map((i) => result?.results[i]), [2, 12, -1]);
  assertEquals(await binsOf(key), { n: -1 });
});

test("operate: reads only leave the record as it is", async () => {
  const key = await stored({ a: 1, b: 2 });
  const some = await server.client.operate(key, [op.read("b"), op.read("a"), op.read("b")]);
  assertEquals(some?.results, [2, 1, 2]);
  assertEquals({ ...some?.bins }, { a: 1, b: 2 });
  const all = await server.client.operate(key, [op.readAll()]);
  assertEquals({ ...all?.bins }, { a: 1, b: 2 });
  assertStrictEquals((await server.client.header(key))?.generation, 1, "reading was a write");
});

test("operate: reads everything after a write", async () => {
  const key = await stored({ a: 1 });
  const result = await server.client.operate(key, [op.write("b", 2), op.readAll()]);
  assertEquals({ ...result?.bins }, { a: 1, b: 2 });
  assertStrictEquals(result?.generation, 2);
});

test("operate: write, touch and header", async () => {
  const key = await stored({ a: 1 });
  await server.client.operate(key, [op.write("a", null), op.write("b", 2), op.touch()], { ttl: 500 });
  assertEquals(await binsOf(key), { b: 2 });
  const header = await server.client.operate(key, [op.header()]);
  assertStrictEquals(header?.generation, 2);
  assertGreater(header?.ttl as number, 400);
  assertEquals({ ...header?.bins }, {});
});

test("operate: a touch among the operations needs a record", async () => {
  const key = freshKey();
  const operations = [op.write("a", 1), op.touch()];
  await assertServerError(() => server.client.operate(key, operations), "RECORD_NOT_FOUND");
  assertStrictEquals(await server.client.exists(key), false);
  const rows = await server.client.batchWrite([{ key, operations }]);
  assertStrictEquals(rows.at(0)?.status, "not-found");
});

test("operate: reads and deletes in one", async () => {
  const key = await stored({ a: 1 });
  const result = await server.client.operate(key, [op.read("a"), op.delete()]);
  assertStrictEquals(result?.results[0], 1);
  assertStrictEquals(await server.client.exists(key), false);
  await assertServerError(() => server.client.operate(key, [op.read("a"), op.delete()]), "RECORD_NOT_FOUND");
});

test("operate: creates a record, replaces one, and respects create-only", async () => {
  const { client } = server;
  const key = freshKey();
  const created = await client.operate(key, [op.write("a", 1), op.read("a")]);
  assertStrictEquals(created?.results[1], 1);
  assertStrictEquals(created?.generation, 1);
  await assertRejects(
    () => client.operate(key, [op.write("a", 2)], { recordExists: "create-only" }),
    RecordExistsError,
  );
  await client.operate(key, [op.write("b", 2)], { recordExists: "replace" });
  assertEquals(await binsOf(key), { b: 2 });
});

test("operate: no operations are refused before anything is sent", async () => {
  await assertRejects(() => server.client.operate(freshKey(), []), InvalidArgumentError);
});

test("a write that grows a record beyond the limit is refused, and the record stays", async () => {
  const key = await stored({ x: new Uint8Array(600_000) });
  const error = await assertServerError(
    () => server.client.append(key, { x: new Uint8Array(600_000) }),
    "RECORD_TOO_BIG",
  );
  assert(/max-record-size/.test(error.message), error.message);
  assertStrictEquals((await server.client.header(key))?.generation, 1);
});

test("a bin name of 15 bytes is a name, in UTF-8 too", async () => {
  const key = await stored({ "a23456789012345": 1, "あああああ": 2 });
  assertEquals(await binsOf(key), { "a23456789012345": 1, "あああああ": 2 });
  const read = await server.client.get(key, { bins: ["あああああ"] });
  assertEquals({ ...read?.bins }, { "あああああ": 2 });
});

test("an error names namespace, set and digest of its key, and the node", async () => {
  const key = await stored({ s: "x" });
  const error = await assertServerError(() => server.client.add(key, { s: 1 }), "BIN_INCOMPATIBLE_TYPE");
  const digest = Array.from(key.digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  assertStrictEquals(error.digest, digest);
  const nodes = (await server.client.nodes()).map(({ name, host, port }) => `${name}: ${host}:${port}`);
  assert(nodes.includes(error.node ?? ""), `${error.node} is none of ${nodes}`);
  assertFalse(error.sent === false, "it had been sent");
});

test("500 commands on one record at once: every add counts once", async () => {
  const key = freshKey();
  // Refusals count as errors, and too many of them would have the client refuse by itself.
  await using client = await connect({ hosts: server.hosts, maxErrorRate: 0 });
  const add = async (): Promise<void> => {
    try {
      await client.add(key, { n: 1 }, { totalTimeout: 30_000 });
    } catch (error) {
      // A server takes only so many on one record at a time, and does not carry out those that it refuses.
      if (!(error instanceof ServerError) || error.codeName !== "RECORD_BUSY") throw error;
      assertStrictEquals(error.inDoubt, false);
      await add();
    }
  };
  await Promise.all(Array.from({ length: 500 }, add));
  const record = await server.client.get(key);
  assertStrictEquals(record?.bins["n"], 500);
  assertStrictEquals(record?.generation, 500);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => server.close());
