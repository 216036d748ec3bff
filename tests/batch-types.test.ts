/**
 * What the compiler knows of the records in a batch, beside what is in them.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type BoundSet, type Client, Key, op, OperateRecord } from "../mod.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";

interface User {
  name: string;
  id: bigint;
}

const { test, before, after } = suite();
const set = freshSet();
const key = new Key("test", set, "a");
let server: TestServer;
let client: Client;
let users: BoundSet<User>;

before(async () => {
  server = await startServer();
  client = server.client;
  users = client.namespace("test").set<User>(set, { bins: { id: "bigint" } });
  await users.put("a", { name: "Alice", id: 7n });
});
after(() => server.close());

test("rows of batchOperate have results, and other rows have where their record says so", async () => {
  const rows = await client.batchOperate<{ name: string }>([key], [op.read("name")]);
  assertEquals(rows.at(0)?.record?.results, ["Alice"]);
  assertEquals(rows.get(key)?.record?.results, ["Alice"]);
  assertEquals([...rows].map(({ record }) => record?.results), [["Alice"]]);
  assertEquals(rows.throwIfFailed().toArray()[0]?.record?.bins.name.length, 5);
  assertEquals(rows.toMap().get("a")?.results, ["Alice"]);
  const own = await users.batchOperate(["a"], [op.read("id")]);
  assertEquals(own.at(0)?.record?.results, [7n]);
  const mixed = await client.batch([{ kind: "read", key, operations: [op.read("name")] }]);
  const record = mixed.at(0)?.record;
  // @ts-expect-error: a record of any kind of row
  assertEquals(record?.results, ["Alice"]);
  assert(record instanceof OperateRecord);
  assertEquals(record.results, ["Alice"]);
});

test("batchRead has the bins that were asked for", async () => {
  const all = await client.batchRead<User>([key]);
  all.at(0)?.record?.bins satisfies User | undefined;
  const some = await client.batchRead<User, "name">([key], { bins: ["name"] });
  some.at(0)?.record?.bins satisfies { name: string } | undefined;
  // @ts-expect-error: not read
  assertEquals(some.at(0)?.record?.bins.id, undefined);
  const partly = await client.batchRead<User>([key], { bins: ["name"] });
  // @ts-expect-error: it may not have been read
  partly.at(0)?.record?.bins satisfies User | undefined;
  assertEquals(partly.at(0)?.record?.bins, { name: "Alice" });
  // @ts-expect-error: no such bin
  const none = await client.batchRead<User>([key], { bins: ["nope"] });
  assertEquals(Object.keys(none.at(0)?.record?.bins ?? {}), []);
  const headers = await client.batchRead([key], { header: true });
  // @ts-expect-error: no bins are read
  assertEquals(headers.at(0)?.record?.bins.name, undefined);
  const rows = await client.batchRead<User>([{ key, header: true }]);
  // @ts-expect-error: this row has none
  rows.at(0)?.record?.bins satisfies User | undefined;
  const any = await client.batchRead([{ key, bins: ["name"] }], { bins: ["id"] });
  assertEquals(any.at(0)?.record?.bins.name, "Alice");
});

test("a set's batchRead has the bins that were asked for", async () => {
  const all = await users.batchRead(["a"]);
  all.at(0)?.record?.bins satisfies User | undefined;
  const some = await users.batchRead(["a"], { bins: ["id"] });
  some.at(0)?.record?.bins satisfies { id: bigint } | undefined;
  // @ts-expect-error: not read
  assertEquals(some.at(0)?.record?.bins.name, undefined);
  const headers = await users.batchRead(["a"], { header: true });
  // @ts-expect-error: no bins are read
  assertEquals(headers.at(0)?.record?.bins.id, undefined);
  for (const row of [{ key: "a", header: true }, { key: "a", bins: ["name"] as const }]) {
    const rows = await users.batchRead([row]);
    // @ts-expect-error: this row has not all
    rows.at(0)?.record?.bins satisfies User | undefined;
    assertEquals(rows.at(0)?.record?.bins.id, undefined);
  }
  // @ts-expect-error: no such bin
  assertEquals((await users.batchRead(["a"], { bins: ["nope"] })).length, 1);
});
