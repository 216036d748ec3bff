import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import { Emulator } from "../emulator/mod.ts";
import { connect } from "../mod.ts";
import { AbortError, AerospikeError, AerospikeTimeoutError, ClientClosedError, InternalError } from "../src/errors.ts";
import { loadLibrary } from "../src/library.ts";
import { COUNTERS } from "../src/symbols.ts";
import { echo, openQueue, panic } from "./support/echo.ts";
import { binding, isBun, WAKES } from "./support/runtime.ts";

const bytes = (length: number, seed = 1) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255);
const turn = (ms = 0) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function counters(): Record<(typeof COUNTERS)[number], number> {
  const values = loadLibrary(binding, undefined).counters();
  return Object.fromEntries(COUNTERS.map((name, i) => [name, values[i]])) as ReturnType<typeof counters>;
}

for (const wake of WAKES) {
  test(`echo (${wake}): payloads of every size come back whole, inline and held`, async () => {
    const queue = openQueue({ wake });
    for (const size of [0, 1, 7, 8, 63, 4096, 8191, 8192, 8193, 65_536, 1 << 20]) {
      assertEquals(await echo(queue, bytes(size, size)), bytes(size, size), `${size} bytes`);
    }
    await queue.release();
  });

  test(`echo (${wake}): 5,000 at once settle once each, with their own payloads`, async () => {
    const queue = openQueue({ wake });
    const settled = new Array(5_000).fill(0);
    await Promise.all(settled.map(async (_, i) => {
      const payload = bytes(i % 300, i);
      assertEquals(await echo(queue, payload, { delay: i % 7 }), payload);
      settled[i] += 1;
    }));
    assert(settled.every((times) => times === 1));
    assertStrictEquals(queue.inFlight, 0);
    await queue.release();
  });

  test(`echo (${wake}): a command that completes last is answered first`, async () => {
    const queue = openQueue({ wake });
    const order: string[] = [];
    await Promise.all([
      echo(queue, bytes(1), { delay: 60 }).then(() => order.push("slow")),
      echo(queue, bytes(1)).then(() => order.push("fast")),
    ]);
    assertEquals(order, ["fast", "slow"]);
    await queue.release();
  });

  test(`echo (${wake}): more commands than the queue takes wait, and none is lost`, async () => {
    const queue = openQueue({ wake, capacity: 8 });
    const results = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => echo(queue, bytes(40, i), { delay: i % 3 })),
    );
    results.forEach((result, i) => assertEquals(result, bytes(40, i)));
    await queue.release();
  });

  test(`echo (${wake}): a large burst goes over in parts before its turn ends, and its buffer stays small`, async () => {
    for (const capacity of [4096, 16]) {
      const queue = openQueue({ wake, capacity });
      const { accepted } = counters();
      const payloads = Array.from({ length: 50 }, (_, i) => bytes(60_000, i));
      const results = payloads.map((payload) => echo(queue, payload, { delay: 20 }));
      const early = counters().accepted - accepted;
      // All but what the last part has; or, of a full queue, what it takes.
      assert(capacity === 16 ? early === 16 : early >= 40 && early < 50, `${early} of 50`);
      if (capacity > 50) assert(queue.writer.bytes.length <= 512 * 1024, `${queue.writer.bytes.length} bytes`);
      assertEquals(await Promise.all(results), payloads);
      await queue.release();
    }
  });

  test(`echo (${wake}): what waits for room keeps its own deadline`, async () => {
    const queue = openQueue({ wake, capacity: 2 });
    const running = [echo(queue, bytes(1), { delay: 400 }), echo(queue, bytes(1), { delay: 400 })];
    const error = await assertRejects(() => echo(queue, bytes(1), { deadline: 50 }), AerospikeTimeoutError);
    assertStrictEquals((error as AerospikeError).phase, "queue");
    await Promise.all(running);
    await queue.release();
  });

  test(`echo (${wake}): a time-out settles once, and the queue goes on`, async () => {
    const queue = openQueue({ wake });
    await assertRejects(() => echo(queue, bytes(1), { delay: 5_000, deadline: 30 }), AerospikeTimeoutError);
    assertEquals(await echo(queue, bytes(3)), bytes(3));
    await queue.release();
  });

  test(`echo (${wake}): aborted before, during and after`, async () => {
    const queue = openQueue({ wake });
    const reason = new Error("enough");
    const before = AbortSignal.abort(reason);
    assertStrictEquals(await assertRejects(() => echo(queue, bytes(1), { signal: before })), reason);

    const unsent = new AbortController();
    const pending = echo(queue, bytes(1), { delay: 5_000, signal: unsent.signal });
    unsent.abort(reason);
    assertStrictEquals(await assertRejects(() => pending), reason);

    const during = new AbortController();
    const sent = echo(queue, bytes(1), { delay: 5_000, signal: during.signal });
    await turn(5);
    during.abort(reason);
    assertStrictEquals(await assertRejects(() => sent), reason);

    const write = new AbortController();
    const written = echo(queue, bytes(1), { delay: 5_000, signal: write.signal, isWrite: true });
    await turn(5);
    write.abort(reason);
    const error = await assertRejects(() => written, AbortError);
    assertStrictEquals(error.cause, reason);
    assertStrictEquals((error as AbortError).inDoubt, true);

    const after = new AbortController();
    assertEquals(await echo(queue, bytes(2), { signal: after.signal }), bytes(2));
    after.abort(reason);
    await queue.release();
  });

  test(`echo (${wake}): a panic in a task is an internal error, and the next command works`, async () => {
    const queue = openQueue({ wake });
    await assertRejects(() => panic(queue), InternalError);
    assertEquals(await echo(queue, bytes(9)), bytes(9));
    await queue.release();
  });

  test(`echo (${wake}): closing with commands in flight cancels each once, and frees everything`, async () => {
    const before = counters();
    const queue = openQueue({ wake });
    const outcomes = Array.from(
      { length: 200 },
      () => echo(queue, bytes(1), { delay: 10_000 }).then(() => "done", (error) => error),
    );
    await turn(5);
    await queue.release();
    for (const outcome of await Promise.all(outcomes)) assertInstanceOf(outcome, AerospikeError);
    await assertRejects(() => echo(queue, bytes(1)), ClientClosedError);
    const after = counters();
    assertStrictEquals(after.queues, before.queues);
    assertStrictEquals(after.inFlight, before.inFlight);
    assertStrictEquals(after.resultsHeld, before.resultsHeld);
  });

  test(`echo (${wake}): a body that cannot be written sends nothing and harms nobody`, async () => {
    const queue = openQueue({ wake });
    const before = counters().accepted;
    const broken = queue.send({ command: 1, cluster: 0, deadline: 0, isWrite: false }, (writer) => {
      writer.u32(1);
      throw new RangeError("no");
    }, () => 0);
    const good = echo(queue, bytes(4));
    await assertRejects(() => broken, RangeError);
    assertEquals(await good, bytes(4));
    assertStrictEquals(counters().accepted - before, 1);
    await queue.release();
  });

  test(`echo (${wake}): the request buffer shrinks again after 50 MiB`, async () => {
    const queue = openQueue({ wake });
    const large = await echo(queue, new Uint8Array(50 << 20));
    assertStrictEquals(large.length, 50 << 20);
    assert(queue.writer.bytes.length <= 1 << 20, `${queue.writer.bytes.length} bytes are kept`);
    await queue.release();
  });

  test(`echo (${wake}): results survive garbage collection`, async () => {
    const queue = openQueue({ wake });
    const kept: Uint8Array[] = [];
    for (let round = 0; round < 20; round++) {
      const results = await Promise.all(Array.from({ length: 50 }, (_, i) => echo(queue, bytes(10_000, i))));
      kept.push(...results);
      collectGarbage();
    }
    kept.forEach((result, i) => assertEquals(result, bytes(10_000, i % 50)));
    await queue.release();
  });
}

function collectGarbage(): void {
  const { Bun, gc } = globalThis as { Bun?: { gc(sync: boolean): void }; gc?: () => void };
  if (isBun) Bun?.gc(true);
  else gc?.();
}

test("a wake that this runtime has not is refused by name", () => {
  const foreign = isBun ? "wait" : "socket";
  try {
    openQueue({ wake: foreign });
  } catch (error) {
    assert((error as Error).message.includes(`"${foreign}"`));
    return;
  }
  throw new Error("it was accepted");
});

for (const wake of WAKES) {
  test(`echo (${wake}): a command that is issued while another is written goes out after it`, async () => {
    const queue = openQueue({ wake });
    const inner: Promise<Uint8Array>[] = [];
    const outer = queue.send({ command: 1, cluster: 0, deadline: 1_000, isWrite: false }, (writer) => {
      writer.u32(0);
      inner.push(echo(queue, bytes(5)));
      writer.blob(bytes(3));
    }, (reply) => reply.bytes.slice(reply.offset, reply.offset + reply.length));
    const throwing = queue.send({ command: 1, cluster: 0, deadline: 0, isWrite: false }, (writer) => {
      writer.u32(0);
      inner.push(echo(queue, bytes(6)));
      throw new RangeError("no");
    }, () => 0);
    const neighbour = echo(queue, bytes(7));
    await assertRejects(() => throwing, RangeError);
    assertEquals(await outer, bytes(3));
    assertEquals(await Promise.all(inner), [bytes(5), bytes(6)]);
    assertEquals(await neighbour, bytes(7));
    await queue.release();
  });

  test(`echo (${wake}): a malformed frame fails alone`, async () => {
    const queue = openQueue({ wake });
    const all = [0, 1, 2, 3].map((i) =>
      i === 2
        // GET with a body that ends in the policy.
        ? queue.send({ command: 16, cluster: 1, deadline: 0, isWrite: false }, (w) => w.u32(0), () => bytes(0))
        : echo(queue, bytes(9, i))
    );
    await assertRejects(() => all[2] as Promise<unknown>, InternalError, "malformed");
    for (const i of [0, 1, 3]) assertEquals(await all[i], bytes(9, i));
    await queue.release();
  });

  test(`echo (${wake}): a deadline counts from the call, whatever the thread does before it sends`, async () => {
    const queue = openQueue({ wake });
    const before = counters().accepted;
    const late = echo(queue, bytes(1), { deadline: 30 });
    const good = echo(queue, bytes(2), { deadline: 60_000 });
    for (const end = performance.now() + 60; performance.now() < end;);
    const error = await assertRejects(() => late, AerospikeTimeoutError);
    assertStrictEquals((error as AerospikeError).phase, "queue");
    assertEquals(await good, bytes(2));
    assertStrictEquals(counters().accepted - before, 1);
    await queue.release();
  });

  test(`echo (${wake}): the request buffer shrinks after a large body that was refused or aborted`, async () => {
    const queue = openQueue({ wake });
    await assertRejects(() =>
      queue.send({ command: 1, cluster: 0, deadline: 0, isWrite: false }, (writer) => {
        writer.blob(new Uint8Array(20 << 20));
        throw new RangeError("no");
      }, () => 0), RangeError);
    assert(queue.writer.bytes.length <= 1 << 20, `${queue.writer.bytes.length} bytes are kept`);
    const controller = new AbortController();
    const aborted = echo(queue, new Uint8Array(20 << 20), { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assertRejects(() => aborted, Error, "enough");
    await turn();
    assert(queue.writer.bytes.length <= 1 << 20, `${queue.writer.bytes.length} bytes are kept`);
    await queue.release();
  });

  test(`log (${wake}): it arrives while nothing is in flight, and one listener that throws harms no other`, async () => {
    const before = counters().queues;
    const heard: string[] = [];
    const reported: unknown[] = [];
    const report = globalThis.reportError;
    globalThis.reportError = (error) => void reported.push(error);
    const server = await Emulator.start();
    try {
      const onLog = () => {
        throw new Error("a bad listener");
      };
      const bad = await connect({ hosts: server.hosts, wake, log: { level: "trace", onLog } });
      const good = await connect({
        hosts: server.hosts,
        wake,
        tendInterval: 250,
        log: { level: "trace", onLog: (record) => heard.push(record.message) },
      });
      const sofar = heard.length;
      for (const end = performance.now() + 10_000; heard.length === sofar && performance.now() < end;) await turn(20);
      assert(heard.length > sofar, "nothing was heard while idle");
      assert(reported.length > 0);
      await bad.close();
      await good.close();
    } finally {
      globalThis.reportError = report;
      await server.close();
    }
    assertStrictEquals(counters().queues, before);
  });
}
