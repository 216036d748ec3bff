/**
 * A client's policies beside commands that do not have all of their options.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type BatchRows, type Client, type ClientPolicies, connect, Key, op, type RecordExists } from "../mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";

const FILE = "own.lua";
const SOURCE = "function answer(rec) return 42 end";
const key = new Key("test", "policies", 1);
const codes = (rows: BatchRows) => rows.toArray().map((row) => row.code);

/** Commands on a record that is there, which refuse `recordExists` as their own option, and what they answer. */
const COMMANDS: Readonly<Record<string, readonly [(client: Client) => Promise<unknown>, unknown]>> = {
  touch: [(client) => client.touch(key), true],
  remove: [(client) => client.remove(key), true],
  apply: [(client) => client.apply(key, "own", "answer"), 42],
  "operate that reads": [async (client) => (await client.operate(key, [op.read("a")]))?.results, [1]],
  update: [(client) => client.update(key, () => ({ a: 2 })), true],
  batchApply: [async (client) => codes(await client.batchApply([key], "own", "answer")), [0]],
  batchRemove: [async (client) => codes(await client.batchRemove([key])), [0]],
  "batchOperate that reads": [async (client) => codes(await client.batchOperate([key], [op.read("a")])), [0]],
  "rows of batch": [
    async (client) =>
      codes(
        await client.batch([
          { kind: "apply", key, module: "own", function: "answer" },
          { kind: "read", key },
          { kind: "remove", key },
        ]),
      ),
    [0, 0, 0],
  ],
};

const EXISTS: readonly RecordExists[] = ["update", "update-only", "replace", "replace-only", "create-only"];

testOnEmulator()("commands take of their client's policies what they have", async ({ emulator, client }) => {
  await (await client.registerUdf({ name: FILE, source: SOURCE })).done();
  for (const recordExists of EXISTS) {
    // With retries, a write goes through core.
    for (const maxRetries of [0, 1]) {
      const write = { recordExists, durableDelete: false, maxRetries };
      const policies: ClientPolicies = { write, batchWrite: write };
      await using of = await connect({ hosts: emulator.hosts, policies });
      const set = client.namespace("test").set("policies", { policies });
      for (const [name, [call, expected]] of Object.entries(COMMANDS)) {
        await client.put(key, { a: 1 });
        assertEquals(await call(of), expected, `${name}, ${recordExists}, ${maxRetries}`);
      }
      await client.put(key, { a: 1 });
      assertEquals(await set.touch(1), true, `a set's touch, ${recordExists}, ${maxRetries}`);
      assertEquals(await set.apply(1, "own", "answer"), 42, `a set's apply, ${recordExists}, ${maxRetries}`);
    }
  }
});
