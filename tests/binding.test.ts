import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
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
