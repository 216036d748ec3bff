import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import { AerospikeConnectionError, connect, Key } from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { garbageCollector } from "./support/garbage.ts";
import { leftOut } from "./support/left-out.ts";
import { threadsAndSockets } from "./support/process.ts";
import { assertRoundsLeaveNothing, held } from "./support/rounds.ts";
import { WAKES } from "./support/runtime.ts";
import { refusedHost } from "./support/silent-port.ts";

const emulator = await Emulator.start();

for (const wake of WAKES) {
  test(`200 rounds of connect and close (${wake}) leave no handles, threads or sockets`, async () => {
    await assertRoundsLeaveNothing(emulator, 200, { wake });
  });
}

test("a failed connect leaves nothing, 50 times", async () => {
  await assertRoundsLeaveNothing(emulator, 1);
  const before = held();
  const system = threadsAndSockets();
  const host = await refusedHost();
  for (let i = 0; i < 50; i++) {
    await assertRejects(() => connect({ hosts: host, connectTimeout: 1_000 }), AerospikeConnectionError);
  }
  assertEquals(held(), before);
  assertEquals([before["queues"], before["clusters"]], [0, 0]);
  const now = threadsAndSockets();
  if (system === undefined || now === undefined) return leftOut("threads and sockets", "a system with /proc");
  assert(now.threads <= system.threads + 4 && now.sockets <= system.sockets + 8, JSON.stringify([system, now]));
});

test("commands cancelled by close leave nothing, 20 times 50", async () => {
  emulator.fault({ silence: true, dataOnly: true });
  for (let round = 0; round < 20; round++) {
    const client = await connect({ hosts: emulator.hosts });
    const all = Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => client.get(new Key("test", "cancelled", i), { totalTimeout: 60_000 })),
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    await client.close({ drain: 0 });
    assert((await all).every(({ status }) => status === "rejected"));
  }
  emulator.fault();
  await assertRoundsLeaveNothing(emulator, 5);
});

for (const wake of WAKES) {
  test(`batches under garbage collection (${wake}): every row is right`, async () => {
    const collect = garbageCollector();
    if (collect === undefined) return leftOut("garbage collection on demand", "--expose-gc");
    await using client = await connect({ hosts: emulator.hosts, wake });
    const keys = Array.from({ length: 500 }, (_, i) => new Key("test", "garbage", i));
    emulator.load(keys.map((key, i) => ({ key, bins: { i, s: `value ${i}`, blob: new Uint8Array(200).fill(i) } })));
    for (let round = 0; round < 5; round++) {
      const pending = Array.from({ length: 4 }, async (_, n) => {
        const rows = await client.batchRead(n % 2 === 0 ? keys : keys.slice(n, n + 20), { totalTimeout: 60_000 });
        collect();
        return rows;
      });
      const single = Array.from({ length: 50 }, (_, i) => client.get(keys[i] as Key, { totalTimeout: 60_000 }));
      collect();
      for (const [n, rows] of (await Promise.all(pending)).entries()) {
        const first = n % 2 === 0 ? 0 : n;
        collect();
        for (const [at, row] of rows.toArray().entries()) {
          const i = first + at;
          assertStrictEquals(row.record?.bins["i"], i);
          assertStrictEquals(row.record?.bins["s"], `value ${i}`);
          assertEquals(row.record?.bins["blob"], new Uint8Array(200).fill(i));
        }
      }
      for (const [i, record] of (await Promise.all(single)).entries()) assertStrictEquals(record?.bins["i"], i);
    }
  });
}

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => emulator.close());
