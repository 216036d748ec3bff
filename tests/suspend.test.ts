import { assertRejects } from "@std/assert";
import { test } from "node:test";
import { AerospikeTimeoutError } from "../mod.ts";
import { echo, openQueue } from "./support/echo.ts";
import { assertSurvived, SENT, suspended } from "./support/suspend.ts";
import { pause } from "./support/wait.ts";

/** The commands' time-out. */
const TIMEOUT_MS = 3_000;
/** Longer than that, and than the three seconds that core waits on. */
const STOP_MS = 6_500;

test("a process that is stopped for longer than the time-outs of its commands, and loses its connections", async () => {
  assertSurvived(await suspended("sent", TIMEOUT_MS, STOP_MS), SENT);
});

test("a process that is stopped while its commands find no connection", async () => {
  assertSurvived(await suspended("cut off", TIMEOUT_MS, STOP_MS), 0);
});

test("a process that is stopped in the turn in which it calls its commands", async () => {
  assertSurvived(await suspended("called", 2_000, 3_500), 0);
});

/** Keeps the event loop from turning. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

test("an event loop that does not turn is no process that is stopped", async () => {
  const queue = openQueue();
  // Also where nothing has run for a while.
  for (const rest of [0, 7_000]) {
    await pause(rest);
    const unsent = assertRejects(
      () => echo(queue, new Uint8Array(1), { deadline: 300 }),
      AerospikeTimeoutError,
      "before it could be sent",
    );
    block(1_500);
    await unsent;
    const sent = assertRejects(
      () => echo(queue, new Uint8Array(1), { delay: 60_000, deadline: 300 }),
      AerospikeTimeoutError,
    );
    await Promise.resolve();
    block(1_500);
    await sent;
  }
  await queue.release();
});
