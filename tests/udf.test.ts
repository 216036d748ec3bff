// User-defined functions: modules, calls and their errors. What functions themselves do is in udf-lua.test.ts.
import {
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  AbortError,
  AerospikeConnectionError,
  AerospikeTimeoutError,
  type BinInput,
  type Client,
  ClientClosedError,
  connect,
  Double,
  exp,
  FilteredOutError,
  GeoJSON,
  HyperLogLog,
  InvalidArgumentError,
  Key,
  UdfError,
  type UdfSource,
  UdfTask,
  Unparsed,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { pause, until } from "./support/wait.ts";

const { test, before, after } = suite();
const onEmulator = testOnEmulator();

/** Modules are the server's, so those of another run must have other names. */
const MODULE = `ats_${process.pid}`;
const FILE = `${MODULE}.lua`;
const SOURCE = `
function same(rec, value) return value end
function all(rec, ...) return list{...} end
function nothing(rec) end
function write(rec, value)
  rec.a = value
  if aerospike:exists(rec) then return aerospike:update(rec) else return aerospike:create(rec) end
end
function fail(rec)
  rec.a = "never"
  aerospike:update(rec)
  error("the words of the function")
end`;

let server: TestServer;
let client: Client;
let set: string;

before(async () => {
  server = await startServer();
  client = server.client;
  set = freshSet();
  await (await client.registerUdf({ name: FILE, source: SOURCE })).done();
});

after(async () => {
  await client.removeUdf(FILE);
  await server.close();
});

const keyOf = (name: string) => new Key("test", set, name);

async function names(): Promise<string[]> {
  return (await client.listUdfs()).map(({ name }) => name);
}

test("a module is registered from text, bytes and files, listed, replaced and removed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "udf"));
  const key = keyOf("registered");
  try {
    const file = join(folder, `${MODULE}_file.lua`);
    await writeFile(file, "function which(rec) return 'file' end");
    const sources: [UdfSource, string][] = [
      [{ name: `${MODULE}_x.lua`, source: "function which(rec) return 'text ü' end" }, "text ü"],
      [
        { name: `${MODULE}_x.lua`, source: new TextEncoder().encode("function which(rec) return 'bytes' end") },
        "bytes",
      ],
      [{ file }, "file"],
      [{ file: pathToFileURL(file) }, "file"],
      [{ file, name: `${MODULE}_named.lua` }, "file"],
    ];
    for (const [source, expected] of sources) {
      const task = await client.registerUdf(source);
      await task.done({ timeout: 20_000, pollInterval: 5 });
      assertStrictEquals(await task.isDone(), true);
      assertStrictEquals(await client.apply(key, task.name.replace(/\.lua$/, ""), "which"), expected, task.name);
      const [listed] = (await client.listUdfs()).filter(({ name }) => name === task.name);
      assertEquals([listed?.name, listed?.type, listed?.hash.length], [task.name, "LUA", 40]);
    }
    for (const name of [`${MODULE}_x.lua`, `${MODULE}_file.lua`, `${MODULE}_named.lua`]) {
      const task = await client.removeUdf(name);
      await task.done();
      assertStrictEquals(await task.isDone(), true);
      assertStrictEquals((await names()).includes(name), false, name);
    }
    // A server is content with what there is not.
    await (await client.removeUdf(`${MODULE}_x.lua`)).done();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("arguments of every kind come back", async () => {
  const values: BinInput[] = [
    0,
    -1,
    2n ** 63n - 1n,
    -(2n ** 63n),
    1.5,
    true,
    false,
    "",
    "ü\u{1f600}",
    "x".repeat(100_000),
    new Uint8Array([0, 255]),
    [],
    [1, [2, [3]], null, { a: [true] }],
    {},
    { a: 1, b: { c: "d" } },
    new Map<number | string, unknown>([[1, "one"], ["two", 2]]),
    new GeoJSON({ type: "Point", coordinates: [1, 2] }),
  ];
  const key = keyOf("kinds");
  assertEquals(await client.apply<unknown[]>(key, MODULE, "all", values), values);
  for (const value of values) assertEquals(await client.apply<unknown>(key, MODULE, "same", [value]), value);
  assertEquals(await client.apply(key, MODULE, "same", [null]), null);
  assertEquals(await client.apply(key, MODULE, "same", [new Double(2)]), 2);
  assertEquals(await client.apply(key, MODULE, "same"), null);
  assertEquals(await client.apply(key, MODULE, "nothing"), null);
  assertEquals(await client.exists(key), false);
});

test("a function writes with ttl and key, where the filter is met", async () => {
  const key = keyOf("written");
  assertEquals(await client.apply<number>(key, MODULE, "write", [1], { ttl: 1000, sendKey: true }), 0);
  const record = await client.get(key);
  assertEquals(record?.bins, { a: 1 });
  assertGreater(record?.ttl, 900);
  const unmet = { filter: exp.eq(exp.intBin("a"), 2) };
  await assertRejects(() => client.apply(key, MODULE, "write", [5], unmet), FilteredOutError);
  assertEquals((await client.get(key))?.bins, { a: 1 });
  await client.apply(key, MODULE, "write", [2], { filter: exp.eq(exp.intBin("a"), 1), ttl: "never" });
  const again = await client.get(key);
  assertEquals([again?.bins, again?.generation, again?.ttl], [{ a: 2 }, 2, "never"]);
});

test("a function that fails tells where and why, and has changed nothing", async () => {
  const key = keyOf("failed");
  await client.put(key, { a: 1 });
  const error = await assertRejects(() => client.apply(key, MODULE, "fail"), UdfError);
  assertMatch(error.message, new RegExp(`^UDF \\(100\\): .*${MODULE}\\.lua:12: the words of the function`));
  assertEquals([error.code, error.codeName, error.sent, error.inDoubt], [100, "UDF", true, false]);
  assertEquals([error.namespace, error.set], ["test", set]);
  assertEquals((await client.get(key))?.bins, { a: 1 });
});

test("a module or function that there is not is named so", async () => {
  const key = keyOf("missing");
  const noModule = await assertRejects(() => client.apply(key, `${MODULE}_no`, "same"), UdfError);
  assertMatch(noModule.message, /listUdfs\(\)/);
  const noFunction = await assertRejects(() => client.apply(key, MODULE, "no"), UdfError);
  assertMatch(noFunction.message, /function not found/);
});

test("a source that does not compile tells file, line and why, and is not registered", async () => {
  const name = `${MODULE}_bad.lua`;
  for (
    const [source, words] of [
      ["\n\nfunction f( return 1 end", /^UDF \(100\): ats_\d+_bad\.lua:3: .*expected near 'return'/],
      ["error('while it loads')", /_bad\.lua:1: while it loads/],
      [`error(("long "):rep(300))`, /_bad\.lua:1: (long ){80}/],
    ] as const
  ) {
    const error = await assertRejects(() => client.registerUdf({ name, source }), UdfError);
    assertMatch(error.message, words);
  }
  assertStrictEquals((await names()).includes(name), false);
});

test("what cannot be sent is refused by its place before anything is sent", async () => {
  const key = keyOf("refused");
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const calls: [unknown[], RegExp][] = [
    [[MODULE, "same", [1, new Date(0)]], /^args\[1\] is a Date/],
    [[MODULE, "same", [1, [2, { a: Symbol("x") }]]], /^args\[1\]\[1\]\.a is/],
    [[MODULE, "same", [undefined]], /^args\[0\]/],
    [[MODULE, "same", [2n ** 64n]], /^args\[0\]/],
    [[MODULE, "same", [cyclic]], /^args\[0\].* is cyclic/],
    [[MODULE, "same", "x"], /^args is .*array/],
    [[MODULE, "same", { 0: 1 }], /^args is .*array/],
    [["", "same"], /^module is an empty string/],
    [[5, "same"], /^module is 5/],
    [[FILE, "same"], /without \.lua/],
    [["m".repeat(256), "same"], /^module is too long/],
    [[MODULE, ""], /^function is an empty string/],
    [[MODULE, "ü".repeat(128)], /^function is too long/],
    [[MODULE, "same", [], { recordExists: "replace" }], /^options\.recordExists has no effect here/],
    [[MODULE, "same", [], { generation: 1 }], /^options\.generation has no effect here/],
    [[MODULE, "same", [], { tll: 1 }], /^options\.tll is not an option: did you mean ttl/],
    [[MODULE, "same", [], { ttl: -1 }], /^options\.ttl is -1/],
  ];
  const { accepted } = client.counters();
  for (const [args, message] of calls) {
    const call = () => client.apply(key, ...args as [string, string]);
    assertMatch((await assertRejects(call, InvalidArgumentError)).message, message);
  }
  assertStrictEquals(client.counters().accepted, accepted);
  // The native side finds these, which no function could take either.
  const unknown = [new Unparsed(7, new Uint8Array([1]))];
  await assertRejects(() => client.apply(key, MODULE, "same", unknown), InvalidArgumentError);
});

test("a module that cannot be registered is refused before anything is sent", async () => {
  const source = "x = 1";
  const modules: [unknown, RegExp][] = [
    [undefined, /^the module is undefined/],
    ["x = 1", /^the module is a string.*\{ source, name \}/],
    [{}, /either source or file/],
    [{ source, file: "x.lua", name: "x.lua" }, /either source or file/],
    [{ source, name: "x.lua", lang: "lua" }, /^module\.lang is not an option/],
    [{ source }, /^module\.name is undefined/],
    [{ source, name: "x" }, /must end in \.lua/],
    [{ source, name: ".lua" }, /must end in \.lua/],
    [{ source, name: "a;b.lua" }, /must not have any of/],
    [{ source, name: "a b.lua" }, /must not have any of/],
    [{ source, name: `${"x".repeat(124)}.lua` }, /at most 127 bytes/],
    [{ source: 5, name: "x.lua" }, /^module\.source is 5/],
    [{ source: "", name: "x.lua" }, /empty/],
    [{ file: "" }, /^module\.file is an empty string/],
    [{ file: 5 }, /^module\.file is 5/],
    [{ file: new URL("http://127.0.0.1/x.lua") }, /must be one of file:/],
    [{ file: "there/is/no.lua" }, /cannot be read: there\/is\/no\.lua/],
    [{ file: "there/is/no.txt" }, /must end in \.lua/],
  ];
  const { accepted } = client.counters();
  for (const [module, message] of modules) {
    const register = () => client.registerUdf(module as UdfSource);
    assertMatch((await assertRejects(register, InvalidArgumentError)).message, message);
  }
  for (const name of ["", "a,b.lua", 5]) {
    await assertRejects(() => client.removeUdf(name as string), InvalidArgumentError);
  }
  await assertRejects(() => client.listUdfs({ all: true } as never), InvalidArgumentError);
  assertStrictEquals(client.counters().accepted, accepted);
});

test("a file is not read for a call that is wrong, aborted or on a closed client", async () => {
  const module = { file: "there/is/no.lua" };
  await assertRejects(() => client.registerUdf(module, { all: true } as never), InvalidArgumentError, "options.all");
  const reason = new Error("enough");
  const aborted = client.registerUdf(module, { signal: AbortSignal.abort(reason) });
  assertStrictEquals(await assertRejects(() => aborted, Error), reason);
  const closed = await connect({ hosts: server.hosts });
  await closed.close();
  await assertRejects(() => closed.registerUdf(module), ClientClosedError);
});

test("a task that does not come to its end says which nodes are behind", async () => {
  const name = `${MODULE}_task.lua`;
  const task = await client.registerUdf({ name, source: "x = 1" });
  await task.done();
  await (await client.removeUdf(name)).done();
  const [node] = await client.nodes();
  const error = await assertRejects(() => task.done({ timeout: 1_000, pollInterval: 20 }), AerospikeTimeoutError);
  assertMatch(error.message, new RegExp(`${name} in 1000 ms: behind are .*${node?.name}`));
  const reason = new Error("enough");
  const aborted = await assertRejects(() => task.done({ signal: AbortSignal.abort(reason) }), Error);
  assertStrictEquals(aborted, reason);
  const later = new AbortController();
  const waiting = assertRejects(
    () => task.done({ signal: later.signal, pollInterval: 60_000, timeout: 120_000 }),
    Error,
  );
  setTimeout(() => later.abort(reason), 50);
  assertStrictEquals(await waiting, reason);
  for (const options of [{ timeout: 0 }, { pollInterval: 0 }, { wait: 1 }, { signal: 1 }]) {
    await assertRejects(() => task.done(options as never), InvalidArgumentError);
  }
  // All nodes are asked, whatever the caller says.
  for (
    const [options, message] of [[{ node: node?.name }, "options.node"], [{ all: false }, "options.all"], [null, ""]]
  ) {
    await assertRejects(() => task.isDone(options as never), InvalidArgumentError, message as string);
  }
});

test("a task names the nodes that were behind, also where the last look comes to nothing", async () => {
  const answers = { A: { "udf-get:filename=x.lua": "error=not_found" }, B: { "udf-get:filename=x.lua": "content=;" } };
  const message = "not all nodes followed with x.lua in 100 ms: behind are B";
  const outOfTime = new AerospikeTimeoutError("no answer");
  let asked = 0;
  const cutShort = new UdfTask("x.lua", undefined, async (_, { timeout }) => {
    if (asked++ === 0) return answers;
    await pause(timeout as number);
    throw outOfTime;
  });
  const first = await assertRejects(() => cutShort.done({ timeout: 100, pollInterval: 10 }), AerospikeTimeoutError);
  assertStrictEquals(first.message, message);
  // The pause before the second look ends after the time is over, because the thread does something else.
  const late = new UdfTask("x.lua", undefined, () => {
    setTimeout(() => {
      for (const end = performance.now() + 120; performance.now() < end;);
    }, 0);
    return Promise.resolve(answers);
  });
  const second = await assertRejects(() => late.done({ timeout: 100, pollInterval: 20 }), AerospikeTimeoutError);
  assertStrictEquals(second.message, message);
});

test("a task looks again where a look fails, with a bound on each, and for as long as there is time", async () => {
  const there = { A: { "udf-get:filename=x.lua": "error=not_found" } };
  const failing = [new AerospikeTimeoutError("no answer"), new AerospikeConnectionError("no connection")];
  const looks: (number | undefined)[] = [];
  const task = new UdfTask("x.lua", undefined, (_, { timeout }) => {
    looks.push(timeout);
    const error = failing.shift();
    return error === undefined ? Promise.resolve(there) : Promise.reject(error);
  });
  await task.done({ timeout: 60_000, pollInterval: 1 });
  assertEquals(looks, [1000, 1000, 1000]);
  const never = new UdfTask("x.lua", undefined, () => Promise.reject(new AerospikeTimeoutError("no answer")));
  // The pause is longer than the time: it takes what is left.
  const error = await assertRejects(() => never.done({ timeout: 200, pollInterval: 60_000 }), AerospikeTimeoutError);
  assertStrictEquals(error.message, "not all nodes followed with x.lua in 200 ms: no answer");
  const other = new Error("of another kind");
  const broken = new UdfTask("x.lua", undefined, () => Promise.reject(other));
  assertStrictEquals(await assertRejects(() => broken.done({ timeout: 60_000 }), Error), other);
});

test("a task waits for as long as it says, and not only for as long as its pauses fit", async () => {
  const behind = new UdfTask(
    "x.lua",
    undefined,
    () => Promise.resolve({ B: { "udf-get:filename=x.lua": "content=;" } }),
  );
  const begin = performance.now();
  const error = await assertRejects(() => behind.done({ timeout: 200, pollInterval: 60_000 }), AerospikeTimeoutError);
  assertStrictEquals(error.message, "not all nodes followed with x.lua in 200 ms: behind are B");
  assertGreaterOrEqual(performance.now() - begin, 200);
});

test("an unsafe integer that a function returns is refused where numbers were asked for", async () => {
  const other = await connect({ hosts: server.hosts, integers: "number" });
  try {
    const call = () => other.apply(keyOf("unsafe"), MODULE, "same", [2n ** 60n]);
    assertMatch(
      (await assertRejects(call, Error)).message,
      /^the function's result holds an integer .*was carried out/,
    );
  } finally {
    await other.close();
  }
});

test("sketches are bytes to a function", async () => {
  const key = keyOf("sketch");
  // One of 4 index bits: 11 bytes of description and 16 registers of 6 bits.
  const sketch = new HyperLogLog(new Uint8Array([0, 4, 0, ...new Uint8Array(20)]));
  assertEquals(await client.apply<unknown>(key, MODULE, "same", [[sketch]]), [sketch]);
});

onEmulator("a call that is not answered is in doubt, and one that is aborted too", async ({ emulator, client }) => {
  await client.registerUdf({ name: FILE, source: SOURCE });
  const key = keyOf("doubt");
  await client.apply(key, MODULE, "nothing");
  emulator.fault({ silence: true, dataOnly: true });
  const late = await assertRejects(
    () => client.apply(key, MODULE, "write", [1], { totalTimeout: 100 }),
    AerospikeTimeoutError,
  );
  assertEquals(late.inDoubt, true);
  const controller = new AbortController();
  const before = emulator.stats().commands;
  const running = assertRejects(
    () => client.apply(key, MODULE, "write", [1], { signal: controller.signal }),
    AbortError,
  );
  await until("the call is there", () => emulator.stats().commands > before);
  controller.abort();
  assertEquals((await running).inDoubt, true);
});

// Such a function keeps the emulator from answering: the client is not to ask meanwhile and give the node up.
testOnEmulator({ tendInterval: 60_000 })("the emulator ends a function that does not", async ({ client }) => {
  const source = `
    function loop(rec) while true do end end
    function catch(rec) while true do pcall(loop) end end
    function nested(rec) coroutine.wrap(loop)() end
    function grow(rec) local t = {} while true do t[#t + 1] = ("x"):rep(1000000) .. #t end end
    function exit(rec) os.exit() end`;
  await client.registerUdf({ name: FILE, source });
  const key = keyOf("endless");
  for (const name of ["loop", "catch", "nested"]) {
    const error = await assertRejects(() => client.apply(key, MODULE, name, [], { totalTimeout: 0 }), UdfError);
    assertMatch(error.message, /ends a function after \d+ instructions/, name);
  }
  assertMatch(
    (await assertRejects(() => client.apply(key, MODULE, "grow", [], { totalTimeout: 0 }), UdfError)).message,
    /memory/,
  );
  assertMatch(
    (await assertRejects(() => client.apply(key, MODULE, "exit", [], { totalTimeout: 0 }), UdfError)).message,
    /nil value/,
  );
});

onEmulator("functions go by the emulator's clock", async ({ emulator, client }) => {
  const source = "function now(rec) return aerospike:get_current_time() end";
  await client.registerUdf({ name: FILE, source });
  const key = keyOf("clock");
  const before = await client.apply<number>(key, MODULE, "now");
  emulator.advance(10_000);
  const after = await client.apply<number>(key, MODULE, "now");
  assertStrictEquals(Math.floor((after - before) / 10_000_000), 1);
});

test("all nodes of the emulator have the modules, and a reset takes them away", async () => {
  const emulator = await Emulator.start({ nodes: 3, replicationFactor: 2 });
  const other = await connect({ hosts: emulator.hosts });
  try {
    await (await other.registerUdf({ name: FILE, source: SOURCE })).done();
    const keys = Array.from({ length: 30 }, (_, i) => new Key("test", "udf", i));
    const calls = keys.map((key, i) => other.apply<number>(key, MODULE, "same", [i]));
    assertEquals(await Promise.all(calls), keys.map((_, i) => i));
    const answers = Object.values(await other.info("udf-list", { all: true }));
    assertEquals(answers.length, 3);
    for (const answer of answers) assertMatch(answer["udf-list"] ?? "", new RegExp(`filename=${FILE},`));
    emulator.reset();
    assertEquals(await other.listUdfs(), []);
  } finally {
    await other.close();
    await emulator.close();
  }
});

test("a module finds others by require", async () => {
  const name = `${MODULE}_lib.lua`;
  await (await client.registerUdf({
    name,
    source: "local lib = {} function lib.double(x) return 2 * x end return lib",
  })).done();
  const source = `local lib = require("${MODULE}_lib") function double(rec, x) return lib.double(x) end`;
  const task = await client.registerUdf({ name: `${MODULE}_uses.lua`, source });
  await task.done();
  assertEquals(await client.apply<number>(keyOf("require"), `${MODULE}_uses`, "double", [21]), 42);
  await client.removeUdf(name);
  await client.removeUdf(task.name);
});
