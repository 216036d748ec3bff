import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  AerospikeError,
  AerospikeTimeoutError,
  type BoundSet,
  type Client,
  connect,
  exp,
  FilteredOutError,
  GenerationError,
  InvalidArgumentError,
  Key,
  list,
  op,
} from "../mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";

interface Counter {
  n: number;
  by?: string;
}

const CLIENTS = 4;
const INCREMENTS = 100;
/** Enough for all to collide in every possible way. */
const PATIENT = { attempts: 1000, totalTimeout: 120_000 };
const { test, before, after } = suite();
let server: TestServer;
let client: Client;
let set: string;
let counters: BoundSet<Counter>;
let keys = 0;
const freshKey = () => new Key("test", set, keys++);
const increment = (record: { readonly bins: Counter } | null) => ({ n: (record?.bins.n ?? 0) + 1 });
/** A write by somebody else. */
const interfere = (key: Key) => client.add(key, { n: 1000 });

before(async () => {
  server = await startServer();
  client = server.client;
  set = freshSet();
  counters = client.namespace("test").set<Counter>(set, { bins: { n: "double" } });
});
after(() => server.close());

test("a missing record is created, and one that is there changed", async () => {
  const key = freshKey();
  const seen: unknown[] = [];
  const change = (record: { readonly bins: Counter } | null) => {
    seen.push(record?.bins ?? null);
    return increment(record);
  };
  assertEquals(await client.update<Counter>(key, change, { ttl: "never" }), true);
  await client.put(key, { by: "me" });
  assertEquals(await client.update<Counter>(key, change), true);
  assertEquals(seen, [null, { n: 1, by: "me" } as unknown as null]);
  assertEquals((await client.get(key))?.bins, { n: 2, by: "me" });
  assertEquals(await client.update<Counter>(key, change, { recordExists: "replace" }), true);
  assertEquals((await client.get(key))?.bins, { n: 3 });
});

test("null leaves the record, a null bin deletes it, and operations do the rest", async () => {
  const key = freshKey();
  assertEquals(await client.update(key, () => null), false);
  assertEquals(await client.update(key, () => Promise.resolve(undefined)), false);
  assertEquals(await client.exists(key), false);
  await client.put(key, { n: 1, by: "x" });
  assertEquals(await client.update(key, () => ({ by: null })), true);
  assertEquals((await client.get(key))?.bins, { n: 1 });
  assertEquals(await client.update(key, () => [list.append("log", 7), op.add("n", 1)]), true);
  assertEquals((await client.get(key))?.bins, { n: 2, log: [7] });
  assertEquals(await client.update(key, (record) => record === null ? null : [op.delete()]), true);
  assertEquals(await client.exists(key), false);
});

test(`${INCREMENTS} increments by ${CLIENTS} clients give ${INCREMENTS}`, async () => {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connect({ hosts: server.hosts })));
  const key = freshKey();
  try {
    const updates = Array.from(
      { length: INCREMENTS },
      (_, i) => (clients[i % CLIENTS] as Client).update<Counter>(key, increment, PATIENT),
    );
    assertEquals((await Promise.all(updates)).every(Boolean), true);
    const record = await client.get<Counter>(key);
    assertEquals([record?.bins.n, record?.generation], [INCREMENTS, INCREMENTS]);
  } finally {
    await Promise.all(clients.map((one) => one.close()));
  }
});

test("an update begins again where the record was changed, came or went meanwhile", async () => {
  const meanwhile: Readonly<Record<string, readonly [object | null, (key: Key) => Promise<unknown>, object]>> = {
    changed: [{ n: 1 }, interfere, { n: 1002 }],
    came: [null, interfere, { n: 1001 }],
    went: [{ n: 1 }, (key) => client.remove(key), { n: 1 }],
  };
  for (const [what, [bins, happens, expected]] of Object.entries(meanwhile)) {
    const key = freshKey();
    if (bins !== null) await client.put(key, bins);
    let calls = 0;
    await client.update<Counter>(key, async (record) => {
      if (++calls === 1) await happens(key);
      return increment(record);
    });
    assertEquals([calls, (await client.get(key))?.bins as object], [2, expected], what);
  }
});

test("after the last attempt a GenerationError tells", async () => {
  const key = freshKey();
  let calls = 0;
  const error = await assertRejects(
    () =>
      client.update<Counter>(key, async (record) => {
        calls++;
        await interfere(key);
        return increment(record);
      }, { attempts: 3, backoff: 0 }),
    GenerationError,
    "in each of 3 attempts",
  ) as AerospikeError;
  assertEquals([calls, error.inDoubt, error.set], [3, false, set]);
  assert(error.cause instanceof GenerationError, "the last refusal is the cause");
  assertEquals((await client.get(key))?.bins, { n: 3000 });
});

test("what is no conflict rejects at once", async () => {
  const key = freshKey();
  await client.put(key, { n: 1 });
  const failing: readonly (readonly [() => Promise<unknown>, typeof AerospikeError, string])[] = [
    [() => client.update(key, () => ({ n: undefined })), InvalidArgumentError, "bins.n is undefined"],
    [() => client.update(key, () => [op.read("n")]), InvalidArgumentError, "change gave no operation that writes"],
    [() => client.update(key, () => []), InvalidArgumentError, "change gave no operation that writes"],
    [() => client.update(key, () => [op.append("n", "x")]), AerospikeError, "BIN_INCOMPATIBLE_TYPE"],
    [() => client.update(key, () => ({ n: 2 }), { filter: exp.eq(exp.intBin("n"), 5) }), FilteredOutError, ""],
    [
      () => counters.update(key.userKey as number, () => ({ n: "1" as unknown as number })),
      InvalidArgumentError,
      "bins.n",
    ],
  ];
  for (const [call, type, message] of failing) await assertRejects(call, type, message);
  const own = new Error("of the caller");
  assertStrictEquals(await client.update(key, () => Promise.reject(own)).catch((error) => error), own);
  assertStrictEquals(
    await client.update(key, () => {
      throw own;
    }).catch((error) => error),
    own,
  );
  assertEquals((await client.get(key))?.bins, { n: 1 });
});

test("a removal of no record is refused once, and is nobody's conflict", async () => {
  const key = freshKey();
  let calls = 0;
  const error = await assertRejects(() =>
    client.update(key, () => {
      calls++;
      return [op.delete()];
    }), AerospikeError) as AerospikeError;
  assertEquals([error.codeName, calls], ["RECORD_NOT_FOUND", 1]);
});

test("the deadline and the signal end an update that waits for its own function", async () => {
  const key = freshKey();
  const never = () => new Promise<null>(() => {});
  await assertRejects(() => client.update(key, never, { totalTimeout: 20 }), AerospikeTimeoutError);
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = client.update(key, () => {
    controller.abort(reason);
    return never();
  }, { signal: controller.signal, totalTimeout: 0 }).catch((error) => error);
  assertStrictEquals(await aborted, reason);
  const before = client.update(key, never, { signal: controller.signal }).catch((error) => error);
  assertStrictEquals(await before, reason);
});

test("the signal ends an update in its pause", async () => {
  const key = freshKey();
  const controller = new AbortController();
  const reason = new Error("enough");
  const update = client.update<Counter>(key, async (record) => {
    await interfere(key);
    setTimeout(() => controller.abort(reason), 50);
    return increment(record);
  }, { backoff: 1_000_000, signal: controller.signal, totalTimeout: 0 });
  assertStrictEquals(await update.catch((error) => error), reason);
});

test("an update that is over leaves no timer of its pause", async () => {
  const key = freshKey();
  const backoff = 1_000_000;
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const controller = new AbortController();
  const pauses = new Set<unknown>();
  globalThis.setTimeout = ((call: () => void, ms?: number) => {
    const timer = set(call, ms);
    if (ms === backoff / 2) {
      pauses.add(timer);
      set(() => controller.abort());
    }
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((timer: never) => {
    pauses.delete(timer);
    clear(timer);
  }) as typeof clearTimeout;
  const { random } = Math;
  Math.random = () => 0.5;
  try {
    const update = client.update<Counter>(key, async (record) => {
      await interfere(key);
      return increment(record);
    }, { backoff, totalTimeout: 0, signal: controller.signal });
    assertStrictEquals(await update.catch((error) => error), controller.signal.reason);
    assertEquals(pauses.size, 0);
  } finally {
    Math.random = random;
    globalThis.setTimeout = set;
    globalThis.clearTimeout = clear;
    for (const timer of pauses) clear(timer as never);
  }
});

test("a set's update has its types and its policies", async () => {
  const { userKey } = freshKey();
  assertEquals(await counters.update(userKey as number, increment), true);
  assertEquals(await counters.update(userKey as number, increment), true);
  assertEquals(
    await client.operate(counters.key(userKey as number), [
      op.readExp("n", exp.floatBin("n")),
    ]).then((result) => result?.bins),
    { n: 2 },
  );
  const missing = client.namespace("test").set<Counter>(set, { policies: { write: { totalTimeout: 20 } } });
  await assertRejects(() => missing.update(1_000_000, () => new Promise<null>(() => {})), AerospikeTimeoutError);
});

test("arguments are checked before anything is read", async () => {
  const key = freshKey();
  const refuses = async (options: object, message: RegExp) => {
    let called = false;
    const error = await assertRejects(() =>
      client.update(key, () => {
        called = true;
        return null;
      }, options), InvalidArgumentError) as Error;
    assert(message.test(error.message), error.message);
    assertStrictEquals(called, false);
  };
  await refuses({ attempts: 0 }, /^options\.attempts is 0: it must be an integer from 1 to 1000/);
  await refuses({ backoff: -1 }, /^options\.backoff is -1/);
  await refuses(
    { recordExists: "create-only" },
    /^options\.recordExists is "create-only": it must be one of "update", "replace"/,
  );
  await refuses({ generation: 1 }, /^options\.generation has no effect here/);
  await refuses({ maxRetries: 1 }, /^options\.maxRetries has no effect here/);
  await refuses({ attempt: 1 }, /^options\.attempt is not an option: did you mean attempts\?/);
  // @ts-expect-error: no options
  await assertRejects(() => client.update(key, () => null, null), InvalidArgumentError, "options is null");
  // @ts-expect-error: bins are no function
  await assertRejects(() => client.update(key, { n: 1 }), InvalidArgumentError, "change is an object");
  // @ts-expect-error: no record
  await assertRejects(() => client.update("alice", () => null), InvalidArgumentError);
});

testOnEmulator({})("a write that was not answered is not sent again", async ({ emulator, client }) => {
  const key = new Key("test", "updates", 1);
  let calls = 0;
  const error = await assertRejects(() =>
    client.update(key, () => {
      calls++;
      // Only now, so that the read is answered.
      emulator.fault({ truncate: 100, dataOnly: true });
      return { n: 1 };
    }), AerospikeError) as AerospikeError;
  emulator.fault();
  assertEquals([calls, error.inDoubt], [1, true]);
  assertEquals((await client.get(key))?.generation, 1);
});
