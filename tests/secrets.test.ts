import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import { inspect } from "node:util";
import { AerospikeError, type BinInput, connect, Key, op } from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";

const SECRET = "hunter2-very-secret";
const USER_KEY = "alice-user-key";
const key = new Key("test", "secrets", USER_KEY);
const bins = { name: SECRET, blob: new TextEncoder().encode(SECRET), list: [SECRET, { [SECRET]: SECRET }] };

const emulator = await Emulator.start({ maxRecordSize: 128 * 1024 });
const client = await connect({ hosts: emulator.hosts });

/** Everything that a program may print of an error. */
function printed(error: unknown): string {
  const deep = inspect(error, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null });
  const texts = [String(error), inspect(error), JSON.stringify(error), deep, logged(error)];
  for (let at: unknown = error, i = 0; at instanceof Error && i < 10; at = at.cause, i++) {
    texts.push(at.message, at.stack ?? "", JSON.stringify(at));
  }
  return texts.join("\n");
}

/** What console.log makes of it. */
function logged(value: unknown): string {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => void lines.push(args.map((arg) => inspect(arg)).join(" "));
  try {
    console.log(value);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

/** Nothing of it holds what the program stores, or who it is. */
function assertDiscreet(error: unknown, what: string): void {
  const text = printed(error);
  for (const secret of [SECRET, USER_KEY, hex(SECRET), hex(USER_KEY)]) {
    assert(!text.includes(secret), `${what} shows ${secret}: ${text.slice(0, 2_000)}`);
  }
}

function hex(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function rejection(call: () => Promise<unknown>): Promise<AerospikeError> {
  const error = await assertRejects(call);
  assertInstanceOf(error, AerospikeError);
  return error;
}

test("a failed 50 MiB batchWrite is logged in under 2 KiB", async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({
    key: new Key("test", "secrets", `${USER_KEY}-${i}`),
    bins: { blob: new Uint8Array(1 << 20).fill(65), note: SECRET },
  }));
  const results: unknown[] = [];
  const refused = await client.batchWrite(rows, { totalTimeout: 60_000 }).catch((error) => error);
  if (refused instanceof Error) {
    results.push(refused);
  } else {
    assertStrictEquals(refused.failedCount, 50);
    results.push(await assertRejects(() => Promise.resolve().then(() => refused.throwIfFailed())));
    results.push(refused.at(0)?.error);
  }
  emulator.fault({ silence: true, dataOnly: true });
  results.push(
    await client.batchWrite(rows, { totalTimeout: 500 }).then((rows) => rows.at(0)?.error, (error) => error),
  );
  emulator.fault();
  for (const result of results) {
    assertInstanceOf(result, AerospikeError);
    for (const text of [String(result), JSON.stringify(result), result.message]) {
      assertLess(text.length, 2_048, text.slice(0, 300));
    }
    for (const text of [inspect(result), logged(result)]) assertLess(text.length, 2_048, text.slice(0, 3_000));
    assertDiscreet(result, "the error of a batch");
  }
});

test("refused by the server: no bins and no user key in the error", async () => {
  await client.put(key, bins);
  const calls: Record<string, () => Promise<unknown>> = {
    "a wrong type": () => client.add(key, { name: 1 }),
    "a wrong generation": () => client.put(key, bins, { generation: 77 }),
    "a record that exists": () => client.put(key, bins, { recordExists: "create-only" }),
    "a record that is too big": () => client.put(key, { ...bins, big: SECRET.repeat(10_000) }),
    "a namespace that is not there": () => client.put(new Key("nowhere", "secrets", USER_KEY), bins),
    "a wrong operation": () => client.operate(key, [op.write("a", SECRET), op.add("name", 1)]),
    "a durable delete": () => client.remove(key, { durableDelete: true }),
  };
  for (const [what, call] of Object.entries(calls)) {
    const error = await rejection(call);
    assertDiscreet(error, what);
    assertLess(inspect(error).length, 2_048, what);
  }
});

test("rows of batches: no bins and no user key in their errors", async () => {
  await client.put(key, bins);
  const rows = await client.batchWrite([
    { key, bins, generation: 77 },
    { key, bins, recordExists: "create-only" },
    { key, operations: [op.add("name", 1)] },
  ]);
  for (const row of rows) {
    assertStrictEquals(row.status, "failed");
    assertDiscreet(row.error, `row with code ${row.code}`);
  }
  const error = await assertRejects(() => Promise.resolve().then(() => rows.throwIfFailed()), AerospikeError);
  assertDiscreet(error, "throwIfFailed");
});

test("time-outs, aborts and lost connections: no bins and no user key", async () => {
  emulator.fault({ silence: true, dataOnly: true });
  assertDiscreet(await rejection(() => client.put(key, bins, { totalTimeout: 100 })), "a time-out of put");
  assertDiscreet(await rejection(() => client.get(key, { totalTimeout: 100 })), "a time-out of get");
  const controller = new AbortController();
  const pending = client.put(key, bins, { signal: controller.signal, totalTimeout: 60_000 });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  assertDiscreet(await rejection(() => pending), "an abort");
  emulator.fault({ truncate: 1, dataOnly: true });
  assertDiscreet(await rejection(() => client.put(key, bins, { totalTimeout: 1_000 })), "a truncated reply");
  emulator.fault();
});

test("invalid arguments: the path and the type, not the value", async () => {
  const wrong: [string, Record<string, unknown>][] = [
    ["a Date beside secrets", { ...bins, when: [SECRET, new Date()] }],
    ["a lone surrogate", { a: `${SECRET}\ud800` }],
    ["a symbol", { a: Symbol(SECRET) }],
    ["a class", {
      a: new (class {
        secret = SECRET;
      })(),
    }],
    ["a function", { a: () => SECRET }],
    ["a large integer", { ...bins, a: 2 ** 60 }],
  ];
  for (const [what, bins] of wrong) {
    assertDiscreet(await rejection(() => client.put(key, bins as Record<string, BinInput>)), what);
  }
  const large = await rejection(() => client.put(key, { a: 2 ** 60 }));
  assert(!printed(large).includes(String(2 ** 60)), large.message);
  for (const userKey of [`${USER_KEY}\ud800`, { [USER_KEY]: 1 }, [USER_KEY], Symbol(USER_KEY)]) {
    assertDiscreet(await rejection(async () => new Key("test", "secrets", await (userKey as string))), "a user key");
  }
  assertDiscreet(await rejection(() => client.get(USER_KEY as unknown as Key)), "a text as a key");
  assertDiscreet(
    await rejection(() => client.batchWrite([{ key, bins }, { key, bins: { ...bins, a: undefined } }])),
    "a row",
  );
});

test("a long name of a bin does not fill the log", async () => {
  const error = await rejection(() => client.put(key, { ["b".repeat(1 << 20)]: 1 }));
  assertLess(inspect(error).length, 2_048);
});

test("passwords and keys of connect do not stand in errors or in the log", async () => {
  const told: string[] = [];
  const log = { level: "trace", onLog: (record: object) => void told.push(JSON.stringify(record)) } as const;
  const auth = { user: "app", password: SECRET } as const;
  const wrong = await connect({ hosts: emulator.hosts, auth, connectTimeout: 3_000, log }).then(
    (client) => client.close(),
    (error) => error,
  );
  if (wrong !== undefined) assertDiscreet(wrong, "a login");
  const pem = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`;
  const tls = { ca: pem, cert: pem, key: pem };
  assertDiscreet(await rejection(() => connect({ hosts: emulator.hosts, tls, connectTimeout: 2_000, log })), "TLS");
  for (
    const options of [{ auth: { ...auth, mode: SECRET } }, { auth: { ...auth, nope: 1 } }, { tls: { ca: SECRET } }]
  ) {
    const error = await rejection(() => connect({ hosts: emulator.hosts, ...options } as never));
    if (!("mode" in (options.auth ?? {}))) assertDiscreet(error, "options");
  }
  const all = told.join("\n");
  assert(!all.includes(SECRET), all.slice(Math.max(0, all.indexOf(SECRET) - 500)).slice(0, 1_000));
});

test("toJSON is what a log needs", async () => {
  const error = await rejection(() => client.put(key, bins, { generation: 77 }));
  const json = JSON.parse(JSON.stringify(error));
  assertEquals(json.name, "GenerationError");
  assertEquals(json.code, 3);
  assertEquals(json.codeName, "RECORD_GENERATION");
  assertEquals(json.namespace, "test");
  assertEquals(json.set, "secrets");
  assertEquals(json.inDoubt, false);
  assert(/^[0-9a-f]{40}$/.test(json.digest), json.digest);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", async () => {
  await client.close({ drain: 0 });
  await emulator.close();
});
