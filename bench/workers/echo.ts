// The binding by itself: commands that the native library answers with their own bytes. The same file in Deno and Bun.
import process from "node:process";
import type { Binding, WakeMode } from "../../src/binding.ts";
import { CompletionQueue } from "../../src/completion-queue.ts";
import { loadLibrary } from "../../src/library.ts";
import { serve, sustain } from "./protocol.mjs";

const ECHO = { command: 1, cluster: 0, deadline: 0, isWrite: false };
const CAPACITY = 4_096;
const PAYLOAD: Uint8Array = new Uint8Array(16).fill(7);
const CALLS = 1_000_000;

const { deno, bun } = process.versions;
const { binding }: { binding: Binding } = deno === undefined
  ? await import("../../bun/binding.ts")
  : await import("../../deno/binding.ts");
const library = loadLibrary(binding, undefined);
const wake = process.env.BENCH_WAKE as WakeMode;
const queue = CompletionQueue.acquire(library, { capacity: CAPACITY, wake });

function echo(): Promise<void> {
  return queue.send(
    ECHO,
    (writer) => {
      writer.u32(0);
      writer.blob(PAYLOAD);
    },
    (reply) => {
      if (reply.length !== PAYLOAD.length) {
        throw new Error(`${reply.length} bytes came back`);
      }
    },
  );
}

/** A native call that does next to nothing: what a runtime takes for crossing over. */
function bareCalls(): { calls: number; nanoseconds: number } {
  let sum = 0;
  const started = performance.now();
  for (let i = 0; i < CALLS; i++) sum += library.clusterConnected(0);
  const nanoseconds = ((performance.now() - started) * 1e6) / CALLS;
  if (sum !== -CALLS) throw new Error("handle 0 is a cluster");
  return { calls: CALLS, nanoseconds };
}

await serve(
  `${deno ? `deno ${deno}` : `bun ${bun}`}, wake by ${queue.wake}`,
  async (request) => {
    if (request.case === "ffi") return bareCalls();
    return await sustain(request.inFlight, request.seconds, echo);
  },
);
await queue.release();
