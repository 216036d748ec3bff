/**
 * How much one turn of the event loop settles.
 *
 * @module
 */
import { test } from "node:test";
import { assertEquals, assertStrictEquals } from "@std/assert";
import type { NativeLibrary, NativeQueue, QueueOptions } from "../src/binding.ts";
import { CompletionQueue } from "../src/completion-queue.ts";

const HEADER = 24;

/** A library whose one queue has what the test puts into it. */
function library(records: { readonly held: number }[]): {
  readonly library: NativeLibrary;
  readonly wake: () => boolean;
} {
  let onWake: () => boolean = () => false;
  const queue = {
    handle: 1,
    clock: () => 0,
    wake: "callback",
    submit: (_frames: Uint8Array, length: number) => length === 0 ? 0 : records.length,
    /** All records at once: each says that a result is held. Tags count from 1. */
    drain: (into: Uint8Array<ArrayBuffer>) => {
      const view = new DataView(into.buffer);
      for (const [i, { held }] of records.entries()) {
        const at = i * HEADER;
        into.fill(0, at, at + HEADER);
        view.setUint32(at, HEADER, true);
        view.setUint32(at + 4, i + 1, true);
        view.setUint8(at + 8, 1);
        view.setUint8(at + 9, 1);
        view.setUint32(at + 16, held, true);
        view.setUint32(at + 20, i + 1, true);
      }
      return records.splice(0).length * HEADER;
    },
    copyResult: () => 0,
    cancel: () => {},
    hold: () => {},
    release: () => {},
    log: () => {},
  } as Partial<NativeQueue> as NativeQueue;
  return {
    library: {
      path: `slices ${Math.random()}`,
      abiVersion: 1,
      openQueue: (options: QueueOptions) => {
        onWake = options.onWake;
        return queue;
      },
      shareCluster: () => undefined,
      clusterConnected: () => 1,
      counters: () => [],
    },
    wake: () => onWake(),
  };
}

async function slices(sizes: readonly number[]): Promise<number[][]> {
  const { library: native, wake } = library(sizes.map((held) => ({ held })));
  const queue = CompletionQueue.acquire(native, { capacity: 100 });
  let settled: number[] = [];
  const commands = sizes.map((_, i) =>
    queue.send({ command: 32, cluster: 1, deadline: 0, isWrite: false }, () => {}, () => void settled.push(i))
  );
  await Promise.resolve();
  const all: number[][] = [];
  for (let more = true; more;) {
    more = wake();
    all.push(settled);
    settled = [];
  }
  await Promise.all(commands);
  return all.filter((slice) => slice.length > 0);
}

test("a slice ends after 256 KiB, those of large results included, and the next one goes on where it ended", async () => {
  const KIB = 1024;
  assertEquals(await slices([200 * KIB, 200 * KIB, 200 * KIB, 200 * KIB, 200 * KIB]), [[0, 1], [2, 3], [4]]);
  assertEquals(await slices([300 * KIB, 10 * KIB, 300 * KIB]), [[0], [1, 2]]);
  const small = await slices(new Array<number>(100).fill(10));
  assertStrictEquals(small.length, 1);
  assertStrictEquals(small[0]?.length, 100);
});
