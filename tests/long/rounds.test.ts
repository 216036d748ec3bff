import { test } from "node:test";
import { Emulator } from "../../emulator/mod.ts";
import { assertRoundsLeaveNothing } from "../support/rounds.ts";
import { WAKES } from "../support/runtime.ts";

for (const wake of WAKES) {
  test(
    `10,000 rounds of connect and close (${wake}) leave no handles, threads or sockets`,
    { timeout: 900_000 },
    async () => {
      await using emulator = await Emulator.start();
      await assertRoundsLeaveNothing(emulator, 10_000, { wake });
    },
  );
}
