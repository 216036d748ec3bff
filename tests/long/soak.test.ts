import { assert, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import { echo, openQueue } from "../support/echo.ts";
import { WAKES } from "../support/runtime.ts";
import { pause } from "../support/wait.ts";

const SOAK_MS = 60_000;
const IN_FLIGHT = [1, 2, 16, 256, 2_000];

for (const wake of WAKES) {
  test(`${SOAK_MS / 1000} s of echo (${wake}): no hang, and each answered once`, { timeout: 2 * SOAK_MS }, async () => {
    const queue = openQueue({ wake });
    let sent = 0;
    let answered = 0;
    let failure: unknown;
    const end = performance.now() + SOAK_MS;
    const client = async (id: number) => {
      for (let i = 0; performance.now() < end && failure === undefined; i++) {
        // The runtime's two and more threads complete these, at the same time and in any order.
        const payload = new Uint8Array(8 + ((id * 31 + i) % 97) * ((i % 50) === 0 ? 200 : 1));
        new DataView(payload.buffer).setUint32(0, id, true);
        new DataView(payload.buffer).setUint32(4, i, true);
        sent++;
        const result = await echo(queue, payload, { delay: (id + i) % 3 === 0 ? i % 4 : 0 });
        answered++;
        const view = new DataView(result.buffer, result.byteOffset);
        assertStrictEquals(result.length, payload.length);
        assertStrictEquals(view.getUint32(0, true), id);
        assertStrictEquals(view.getUint32(4, true), i);
      }
    };
    const hung = Promise.withResolvers<never>();
    let last = -1;
    const watch = setInterval(() => {
      if (answered === last) {
        failure ??= new Error(`no answer within a second, after ${answered}; ${sent - answered} wait`);
        hung.reject(failure);
      }
      last = answered;
    }, 1_000);
    try {
      const all: Promise<void>[] = [];
      for (const parallel of IN_FLIGHT) {
        while (all.length < parallel) all.push(client(all.length));
        await Promise.race([pause(SOAK_MS / IN_FLIGHT.length / 2), hung.promise]);
      }
      await Promise.race([Promise.all(all), hung.promise]);
    } finally {
      clearInterval(watch);
    }
    assertStrictEquals(answered, sent);
    assertStrictEquals(queue.inFlight, 0);
    assert(answered > 10_000, `${answered} in ${SOAK_MS} ms`);
    console.log(`${wake}: ${answered} answered`);
    await queue.release();
  });
}
