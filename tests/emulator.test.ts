import { assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { connect, InvalidArgumentError, Key } from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
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

test("the emulator asks Deno for nothing that it can do without", async () => {
  if (isBun) return;
  const script = fileURLToPath(new URL("./scripts/emulator-starts.ts", import.meta.url));
  const library = fileURLToPath(new URL("../rust/target/release/", import.meta.url));
  const flags = ["run", "--no-check", "--no-prompt", `--allow-ffi=${library}`];
  const ended = await run(process.execPath, [...flags, script], {});
  assertStrictEquals(ended.stdout.trim(), "started asked:", ended.stderr);
});
