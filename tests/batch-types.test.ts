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
