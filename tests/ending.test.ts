import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { Emulator } from "../emulator/mod.ts";
import { type Ended, isBun, runScript, WAKES } from "./support/runtime.ts";
import { suite } from "./support/suite.ts";

const { test, before, after } = suite();

let server: Emulator;
before(async () => {
  server = await Emulator.start();
});
after(() => server.close());

function assertCode(ended: Ended, code: number): void {
  assertStrictEquals(ended.signal, null, `ended by ${ended.signal}: ${ended.stderr}`);
  assertStrictEquals(ended.code, code, ended.stderr);
}

for (const wake of WAKES) {
  test(`ending (${wake}): a script that is done exits by itself, its client not closed`, async () => {
    const ended = await runScript("ending.ts", "done", server.hosts, wake);
    assertCode(ended, 0);
    assertStringIncludes(ended.stdout, '{"how":"done"}');
  });

  test(`ending (${wake}): a script that awaits a command does not exit early`, async () => {
    const ended = await runScript("ending.ts", "awaits", server.hosts, wake);
    assertCode(ended, 0);
    assertStringIncludes(ended.stdout, "answered");
  });

  for (
    const [how, code, says] of [["throws", 1, "thrown on purpose"], ["rejects", 1, "rejected on purpose"]] as const
  ) {
    test(`ending (${wake}): a script that ${how} with commands in flight has exit code ${code}`, async () => {
      const ended = await runScript("ending.ts", how, server.hosts, wake);
      assertCode(ended, code);
      assertStringIncludes(ended.stderr, says);
    });
  }

  test(`ending (${wake}): process.exit with commands in flight keeps its code`, async () => {
    assertCode(await runScript("ending.ts", "exits", server.hosts, wake), 7);
  });
}

// In a Worker the doorbell may not be a callback: a terminated Worker with a live one ends the process, in both.
for (const wake of isBun ? ["", "socket"] : ["", "wait"]) {
  test(`worker.terminate() with commands in flight (${wake || "the default"}): the process lives`, async () => {
    const ended = await runScript("worker-terminate.ts", server.hosts, wake);
    assertCode(ended, 0);
    assertEquals(ended.stdout.trim(), '{"rounds":8}');
  });
}
