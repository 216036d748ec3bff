import { assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { connect, InvalidArgumentError, Key, ServerError } from "../mod.ts";
import { Emulator, EmulatorError } from "../emulator/mod.ts";
import { isBun, run } from "./support/runtime.ts";

test("the emulator refuses wrong options and records, by name", async () => {
  for (const options of [null, 5, { prot: 1 }]) {
    await assertRejects(() => Emulator.start(options as never), InvalidArgumentError, "options");
  }
  await using server = await Emulator.start();
  const key = new Key("test", "load", 1);
  const wrong: [unknown, string][] = [
    [null, "records[0]"],
    [{ key: { namespace: "test", set: "load" }, bins: { a: 1 } }, "records[0].key"],
    [{ key, bins: { a: 1 }, ttl: 0 }, "records[0].ttl"],
    [{ key, bins: { a: 1 }, ttl: "always" }, "records[0].ttl"],
    [{ key, bins: { a: 1 }, generation: 0 }, "records[0].generation"],
    [{ key, bins: { a: 1 }, sendKey: 1 }, "records[0].sendKey"],
    [{ key, bins: { a: 1 }, tll: 1 }, "records[0].tll"],
  ];
  for (const [record, path] of wrong) {
    assertThrows(() => server.load([record as never]), InvalidArgumentError, path);
  }
  assertStrictEquals(server.load([{ key, bins: { a: 1 }, ttl: "never", generation: 3, sendKey: true }]), 1);
  await using client = await connect({ hosts: server.hosts });
  assertStrictEquals((await client.get(key))?.generation, 3);
});

test("the emulator answers so many commands on records with a code, and runs the others", async () => {
  await using server = await Emulator.start();
  await using client = await connect({ hosts: server.hosts });
  const keys = [1, 2, 3].map((n) => new Key("test", "fault", n));
  server.fault({ code: 22, commands: 3 });
  await assertRejects(() => client.put(keys[0] as Key, { a: 1 }), ServerError, "FAIL_FORBIDDEN");
  const rows = await client.batchWrite(keys.map((key) => ({ key, bins: { a: 1 } })));
  assertStrictEquals(rows.toArray().map(({ code }) => code).join(), "22,22,0");
  await client.put(keys[0] as Key, { a: 1 });
  assertStrictEquals(server.stats().records, 2);
});

test("the emulator asks Deno for nothing that it can do without", async () => {
  if (isBun) return;
  const script = fileURLToPath(new URL("./scripts/emulator-starts.ts", import.meta.url));
  const library = fileURLToPath(new URL("../rust/target/release/", import.meta.url));
  const flags = ["run", "--no-check", "--no-prompt", `--allow-ffi=${library}`];
  const ended = await run(process.execPath, [...flags, script], {});
  assertStrictEquals(ended.stdout.trim(), "started asked:", ended.stderr);
});

test("the emulator's nodes and partitions are named by valid numbers", async () => {
  for (
    const options of [{ nodes: 0 }, { nodes: 17 }, { nodes: 1.5 }, { replicationFactor: 0 }, { nodes: 3, port: 65534 }]
  ) {
    await assertRejects(() => Emulator.start(options), EmulatorError);
  }
  await assertRejects(() => Emulator.start({ port: 1n as never }), InvalidArgumentError, "port is 1");
  await using server = await Emulator.start({ nodes: 2 });
  const wrong: [() => unknown, string][] = [
    [() => server.stopNode(2), "node is 2"],
    [() => server.startNode(-1), "node is -1"],
    [() => server.stopNode("1" as never), "node is"],
    [() => server.fault({ node: 2 }), "fault.node is 2"],
    [() => server.fault({ code: 256 }), "fault.code is 256"],
    [() => server.fault({ commands: 1 }), "fault.commands says nothing without fault.code"],
    [() => server.fault({ code: 14, commands: 0 }), "fault.commands is 0"],
    [() => server.fault({ delay: 1 } as never), "fault.delay"],
    [() => server.movePartitions({ to: 2 }), "move.to is 2"],
    [() => server.movePartitions({ partitions: [1, 4096] }), "move.partitions[1] is 4096"],
    [() => server.movePartitions({ partitions: 1 as never }), "move.partitions is 1"],
    [() => server.movePartitions({ from: 1 } as never), "move.from"],
    [() => server.load(null as never), "records is null"],
    [() => server.advance(1n as never), "seconds is 1"],
    [() => server.recordCommands(1n as never), "limit is 1"],
    [() => server.fault({ delayMs: 1n as never }), "delayMs is 1"],
  ];
  for (const [call, path] of wrong) assertThrows(call, InvalidArgumentError, path);
  assertThrows(() => server.movePartitions({ namespace: "nowhere" }), EmulatorError, "nowhere");
  server.movePartitions({ partitions: [7], to: 0 });
  // In both namespaces, and once.
  assertStrictEquals(server.movePartitions({ partitions: [7], to: 1 }), 2);
  assertStrictEquals(server.movePartitions({ partitions: [7], to: 1 }), 0);
  server.stopNode(1);
  assertThrows(() => server.movePartitions({ to: 1 }), EmulatorError, "stopped");
  assertStrictEquals(server.nodes.map(({ state, masters }) => `${state} ${masters}`).join(), "up 4096,stopped 0");
});
