import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type BatchRows,
  type BinType,
  type BoundSet,
  ClientClosedError,
  connect,
  Double,
  exp,
  FilteredOutError,
  GeoJSON,
  hll,
  HyperLogLog,
  InvalidArgumentError,
  Key,
  list,
  map,
  op,
  type OperateRecord,
  type Operation,
} from "../mod.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";

interface Product {
  name: string;
  price: number;
  stock: number;
  id: bigint;
  tags: string[];
  sold: ReadonlyMap<string, number>;
}

const { test, before, after } = suite();
let server: TestServer;
let name: string;
/** The same records as any client sees them. */
let plain: BoundSet;
let products: BoundSet<Product>;

before(async () => {
  server = await startServer({ doubles: "wrapped" });
  name = freshSet();
  plain = server.client.namespace("test").set(name);
  products = server.client.namespace("test").set<Product>(name, {
    bins: { price: "double", stock: "integer", id: "bigint", sold: "map" },
  });
});
after(() => server.close());

test("declared bins are stored as declared, and come back so", async () => {
  await products.put("a", {
    name: "lamp",
    price: 3,
    stock: 4n as unknown as number,
    id: 7n,
    sold: new Map([["x", 1]]),
  });
  assertEquals((await plain.get("a"))?.bins, {
    ...{ name: "lamp", price: new Double(3), stock: 4, id: 7 },
    sold: { x: 1 },
  });
  assertEquals((await products.get("a"))?.bins as object, {
    ...{ name: "lamp", price: 3, stock: 4, id: 7n },
    sold: new Map([["x", 1]]),
  });
  await products.put("a", { price: 1e17 });
  assertEquals((await plain.get("a"))?.bins.price, new Double(1e17));
  await products.put("a", { price: null, stock: -0, tags: ["new"] });
  assertEquals((await plain.get("a", { bins: ["price", "stock", "tags"] }))?.bins as object, {
    stock: 0,
    tags: ["new"],
  });
  const key = products.key("a");
  assert(key.equals(new Key("test", name, "a")));
  assertEquals((await server.client.get(key, { bins: ["id"] }))?.bins as object, { id: 7 });
});

test("results come back as declared, though the caller's list of operations is another by then", async () => {
  await products.put("own", { id: 7n });
  const read = () => [op.read("id")];
  const write = () => [op.read("id"), op.touch()];
  const resultsOf = (rows: BatchRows<Partial<Product>>) => (rows.at(0)?.record as OperateRecord | undefined)?.results;
  type Call = (operations: Operation[]) => Promise<readonly unknown[] | undefined>;
  const calls: readonly (readonly [() => Operation[], Call])[] = [
    [read, async (operations) => (await products.operate("own", operations))?.results],
    [write, async (operations) => (await products.operate("own", operations))?.results],
    [read, async (operations) => resultsOf(await products.batchOperate(["own"], operations))],
    [write, async (operations) => resultsOf(await products.batchOperate(["own"], operations))],
    [read, async (operations) => resultsOf(await products.batchRead([{ key: "own", operations }]))],
    [write, async (operations) => resultsOf(await products.batchWrite([{ key: "own", operations }]))],
    [read, async (operations) => resultsOf(await products.batch([{ kind: "read", key: "own", operations }]))],
  ];
  for (const [list, call] of calls) {
    const operations = list();
    const called = call(operations);
    operations.length = 0;
    assertEquals((await called)?.[0], 7n, `${call}`);
  }
});

test("a value of another type is refused by the name of its bin, and nothing is written", async () => {
  const loose = products as unknown as BoundSet;
  const cases: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [
      () => loose.put("no", { name: "x", price: "3" }),
      /^bins\.price is a string: the bin is declared "double", which takes a number/,
    ],
    [
      () => loose.put("no", { stock: 1.5 }),
      /^bins\.stock is a double: the bin is declared "integer", which takes an integer/,
    ],
    [() => loose.put("no", { id: new Double(7) }), /^bins\.id is a double/],
    [() => loose.put("no", { sold: [1] }), /^bins\.sold is a list: the bin is declared "map"/],
    [() => loose.put("no", { price: 2n ** 53n + 1n }), /^bins\.price is an integer/],
    [() => loose.add("no", { stock: 0.5 }), /^bins\.stock is a double/],
    [() => loose.append("no", { price: "3" }), /^bins\.price is a string/],
    [() => loose.operate("no", [op.read("name"), op.write("price", true)]), /^operations\[1\]\.value is a boolean/],
    [
      () => loose.batchWrite([{ key: 1, bins: { name: "x" } }, { key: 2, bins: { stock: new Uint8Array(1) } }]),
      /^rows\[1\]\.bins\.stock is bytes/,
    ],
    [() => loose.batchWriteColumns([1, 2], { id: new Float64Array([1, 2.5]) }), /^columns\.id\[0\] is a double/],
  ];
  for (const [call, message] of cases) {
    const error = await assertRejects(call, InvalidArgumentError) as Error;
    assert(message.test(error.message), error.message);
  }
  assertEquals(await plain.get("no"), null);
  assertEquals(await plain.get(1), null);
});

test("every type that can be declared takes what it names", async () => {
  const sketch = new HyperLogLog(new Uint8Array([0]));
  const values: Readonly<Record<Exclude<BinType, "hll">, readonly [unknown, unknown]>> = {
    double: [2, 2],
    integer: [2n, 2],
    bigint: [2, 2n],
    string: ["s", "s"],
    boolean: [true, true],
    bytes: [new Uint8Array([1]), new Uint8Array([1])],
    list: [[1], [1]],
    map: [{ a: 1 }, new Map([["a", 1]])],
    object: [new Map([["a", 1]]), { a: 1 }],
    geojson: [GeoJSON.point(1, 2), GeoJSON.point(1, 2)],
  };
  for (const [type, [written, read]] of Object.entries(values)) {
    const one = server.client.namespace("test").set(name, { bins: { a: type as BinType } });
    await one.put(type, { a: written as string });
    assertEquals((await one.get(type))?.bins.a as unknown, read, type);
    await assertRejects(() => one.put(type, { a: type === "boolean" ? 1 : false }), InvalidArgumentError, "bins.a");
  }
  const sketches = server.client.namespace("test").set(name, { bins: { a: "hll" } });
  await sketches.operate("hll", [hll.add("a", ["x"], { indexBits: 8 })]);
  const bins = (await sketches.get("hll"))?.bins;
  assert(bins?.a instanceof HyperLogLog);
  await sketches.put("hll", { a: bins.a });
  await assertRejects(() => sketches.put("hll", { a: sketch.bytes }), InvalidArgumentError, "bins.a is bytes");
});

test("integers that are no safe numbers reject where numbers are declared", async () => {
  await plain.put("large", { stock: 2n ** 60n, id: 2n ** 60n });
  assertEquals((await products.get("large", { bins: ["id"] }))?.bins, { id: 2n ** 60n });
  await assertRejects(() => products.get("large"), Error, 'the bin "stock" holds an integer that is not safe');
  const rows = await products.batchRead(["large"]);
  assertStrictEquals(rows.at(0)?.status, "failed");
  assertStrictEquals(rows.failedCount, 1);
});

test("every command is there on user keys", async () => {
  await products.add("b", { price: 1, stock: 2 });
  await products.add("b", { price: 1, stock: 2 });
  await products.append("b", { name: "b" });
  await products.prepend("b", { name: "a" });
  assertEquals((await products.get("b"))?.bins as object, { price: 2, stock: 4, name: "ab" });
  assertEquals((await products.header("b"))?.bins, {});
  assertEquals([await products.exists("b"), await products.exists("none")], [true, false]);
  assertEquals([await products.touch("b", { ttl: "never" }), await products.touch("none")], [true, false]);
  const result = await products.operate("b", [
    ...[op.add("price", 1), op.read("price"), op.write("id", 9), op.read("id")],
    ...[
      map.put("sold", "x", { a: 1 }),
      map.getByKey("sold", "x"),
      list.append("tags", 1.5),
      list.getByIndex("tags", 0),
    ],
  ]);
  assertEquals(result?.results.filter((value) => value !== null) as unknown[], [
    ...[3, 9n, 1, new Map([["a", 1]])],
    ...[1, new Double(1.5)],
  ]);
  assertEquals(await products.operate("none", [op.read("name")]), null);
  assertEquals([await products.remove("b"), await products.remove("b")], [true, false]);
});

test("batches on user keys", async () => {
  const rows = await products.batchWrite([
    { key: 10, bins: { name: "ten", price: 10 } },
    { key: new Uint8Array([1]), operations: [op.write("id", 5), op.read("id")], ttl: "never" },
    { key: "none", bins: { name: "none" }, recordExists: "update-only" },
  ]);
  assertEquals(Array.from(rows, ({ status }) => status), ["ok", "ok", "not-found"]);
  assertEquals(rows.at(1)?.record?.bins.id, 5n);
  const read = await products.batchRead([10, { key: new Uint8Array([1]), bins: ["id"] }, "none"], {
    bins: ["id", "price"],
  });
  assertEquals(Array.from(read, (row) => row.record?.bins as object | undefined), [
    { price: 10 },
    { id: 5n },
    undefined,
  ]);
  assertStrictEquals(read.value(0, "price"), 10);
  assertStrictEquals(read.get(products.key(10))?.status, "ok");
  const operated = await products.batchRead([{ key: 10, operations: [op.read("name"), op.read("price")] }]);
  assertEquals((operated.at(0)?.record as unknown as { results: unknown[] }).results, ["ten", 10]);

  await products.batchWriteColumns([20, 21], { price: new Int32Array([1, 2]), name: ["a", null] });
  assertEquals((await plain.get(20))?.bins, { price: new Double(1), name: "a" });
  const { columns } = await products.batchReadColumns([20, 21, 22], {
    price: "f64",
    tag: { type: "string", bin: "name" },
  });
  assertEquals(Array.from(columns.price), [1, 2, NaN]);
  assertEquals(columns.tag.at(0), "a");
  const removed = await products.batchRemove([20, 21, 22]);
  assertEquals(Array.from(removed, ({ status }) => status), ["ok", "ok", "not-found"]);
});

test("batches of every kind of row, and functions of the server", async () => {
  const module = `bound_set_${name}`;
  const source = `function price(rec, by)
    rec.price = (rec.price or 0) + by
    if aerospike:exists(rec) then aerospike:update(rec) else aerospike:create(rec) end
    return rec.price
  end`;
  await (await server.client.registerUdf({ name: `${module}.lua`, source })).done();
  try {
    await products.put("m", { price: 2, id: 5n });
    await products.put("gone", { price: 2 });
    const rows = await products.batch([
      { kind: "read", key: "m", bins: ["id"] },
      { kind: "write", key: "n", bins: { price: 4 } },
      { kind: "write", key: "o", operations: [op.write("price", 7), op.read("price")] },
      { kind: "remove", key: "gone" },
      { kind: "apply", key: "m", module, function: "price", args: [0.5] },
    ]);
    rows.throwIfFailed();
    assertEquals(rows.at(0)?.record?.bins as object, { id: 5n });
    assertEquals((rows.at(2)?.record as unknown as { results: unknown[] }).results, [null, 7]);
    assertEquals(Number(rows.at(4)?.result), 2.5);
    assertEquals((await plain.get("n"))?.bins, { price: new Double(4) });
    const existence = await products.batchExists(["m", "gone"]);
    assertEquals(existence.map(({ exists }) => exists), [true, false]);
    const operated = await products.batchOperate(["m", "n"], [op.add("price", 1), op.read("price")]);
    assertEquals(Array.from(operated, (row) => row.record?.bins.price), [3.5, 5]);
    assertEquals(Number(await products.apply("m", module, "price", [0.25])), 3.75);
    const applied = await products.batchApply(["m", "n"], module, "price", [0.25]);
    assertEquals(Array.from(applied, ({ result }) => Number(result)), [4, 5.25]);
    const typed = () => [
      // @ts-expect-error: no such bin
      () => products.batch([{ kind: "write", key: 1, bins: { nam: "x" } }]),
      // @ts-expect-error: no such kind
      () => products.batch([{ kind: "put", key: 1 }]),
    ];
    assert(typeof typed === "function");
    const wrong = [{ kind: "read", key: "m" }, { kind: "write", key: 1, bins: { stock: "x" } }] as never;
    await assertRejects(() => products.batch(wrong), InvalidArgumentError, "rows[1].bins.stock is a string");
  } finally {
    await server.client.removeUdf(`${module}.lua`);
  }
});

test("the set's policies stand over the client's, and under the call's", async () => {
  const isCheap = exp.lt(exp.floatBin("price"), 5);
  await using client = await connect({
    hosts: server.hosts,
    policies: { read: { filter: isCheap }, write: { sendKey: true } },
  });
  const inherited = client.namespace("test").set<Product>(name, {
    policies: { write: { recordExists: "update-only" } },
  });
  const own = client.namespace("test").set<Product>(name, {
    policies: { read: { filter: exp.ge(exp.floatBin("price"), 5) }, write: { filter: isCheap } },
  });
  await products.put("cheap", { price: 1 });
  await products.put("dear", { price: 9 });
  const found = async (set: BoundSet<Product>) => [await set.exists("cheap"), await set.exists("dear")];
  assertEquals(await found(inherited), [true, false]);
  assertEquals(await found(own), [false, true]);
  assertStrictEquals(await own.exists("cheap", { filter: isCheap }), true);
  await assertRejects(() => own.put("dear", { name: "x" }), FilteredOutError);
  await assertRejects(() => inherited.put("none", { name: "x" }), Error, "RECORD_NOT_FOUND");
  await inherited.put("new", { name: "x" }, { recordExists: "update" });
  assertStrictEquals(await products.remove("new"), true);
});

test("what is wrong with a set is said by name", async () => {
  const namespace = server.client.namespace("test");
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => server.client.namespace(""), /namespace/],
    [() => namespace.set("x".repeat(64)), /set/],
    // @ts-expect-error: no such option
    [() => namespace.set("s", { declare: {} }), /^options\.declare is not an option/],
    // @ts-expect-error: no such type
    [() => namespace.set("s", { bins: { a: "float" } }), /^options\.bins\.a is "float": it must be one of "double"/],
    [
      () => namespace.set("s", { bins: { "a name of 16 byt": "double" } }),
      /^options\.bins: "a name of 16 byt" cannot be the name of a bin/,
    ],
    // @ts-expect-error: no such kind
    [() => namespace.set("s", { policies: { reads: {} } }), /^options\.policies\.reads is not an option/],
    // @ts-expect-error: no such field
    [() => namespace.set("s", { policies: { read: { ttl: 1 } } }), /^options\.policies\.read\.ttl is not an option/],
  ];
  for (const [call, message] of cases) {
    const error = assertThrows(call, InvalidArgumentError) as Error;
    assert(message.test(error.message), error.message);
  }
  // @ts-expect-error: no user key
  await assertRejects(() => products.get({}), InvalidArgumentError);
  // @ts-expect-error: no options
  await assertRejects(() => products.get("a", null), InvalidArgumentError, "options is null");
  // @ts-expect-error: no user key
  await assertRejects(() => products.batchRead([1, { key: null }]), InvalidArgumentError, "requests[1].key");
  // @ts-expect-error: no user key
  await assertRejects(() => products.batchRemove([1, true]), InvalidArgumentError, "keys[1]");
  // @ts-expect-error: no list
  await assertRejects(() => products.batchRemove("a"), InvalidArgumentError, "keys is not an array");
});

test("bins are checked by the compiler", () => {
  const typed = (client: import("../mod.ts").Client, set: BoundSet<Product>) => [
    async () => {
      const record = await set.get("a", { bins: ["name", "price"] });
      const bins: { name: string; price: number } | undefined = record?.bins;
      // @ts-expect-error: it was not read
      return [bins, record?.bins.stock];
    },
    // @ts-expect-error: no such bin
    () => set.get("a", { bins: ["nam"] }),
    // @ts-expect-error: no such bin
    () => set.put("a", { nam: "x" }),
    // @ts-expect-error: a text is no price
    () => set.put("a", { price: "3" }),
    () => set.put("a", { price: new Double(3), name: null }),
    // @ts-expect-error: no such bin
    () => set.batchRead([1], { bins: ["nam"] }),
    // @ts-expect-error: no such bin
    () => set.batchRead([{ key: 1, bins: ["nam"] }]),
    // @ts-expect-error: no such bin
    () => set.batchWrite([{ key: 1, bins: { nam: "x" } }]),
    // @ts-expect-error: no such bin
    () => set.batchReadColumns([1], { nam: "string" }),
    // @ts-expect-error: no such bin
    () => set.batchReadColumns([1], { x: { type: "string", bin: "nam" } }),
    // @ts-expect-error: no such bin
    () => set.batchWriteColumns([1], { nam: ["x"] }),
    // @ts-expect-error: a number is declared as no text
    () => client.namespace("test").set<Product>("s", { bins: { price: "string" } }),
    // @ts-expect-error: no such bin
    () => client.namespace("test").set<Product>("s", { bins: { prize: "double" } }),
    async () => {
      const key = set.key("a");
      const all: Product | undefined = (await client.get<Product>(key))?.bins;
      const some: Pick<Product, "name"> | undefined = (await client.get<Product, "name">(key, { bins: ["name"] }))
        ?.bins;
      const maybe = await client.get<Product>(key, { bins: ["name"] });
      // @ts-expect-error: it may not have been read
      const price: number | undefined = maybe?.bins.price.valueOf();
      return [all, some, price];
    },
  ];
  assert(typeof typed === "function");
});

test("a set closes with its client", async () => {
  const client = await connect({ hosts: server.hosts });
  const set = client.namespace("test").set(name);
  await set.exists("a");
  await client.close();
  await assertRejects(() => set.exists("a"), ClientClosedError);
});
