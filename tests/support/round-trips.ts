/**
 * Whatever is written comes back.
 *
 * @module
 */
import { assertStrictEquals } from "@std/assert";
import { type BinValue, Key } from "../../mod.ts";
import { holds, records } from "./arbitraries.ts";
import { PATHS } from "./both-paths.ts";
import { canonical } from "./random.ts";
import { freshSet, startServer } from "./server.ts";

const LONG_MS = 30_000;

/** Writes generated records and reads each one alone and in a batch, on both read paths. */
export async function assertRoundTrips(runs: number): Promise<void> {
  // A double comes back as what it was written from.
  const server = await startServer({ doubles: "wrapped" });
  const { client } = server;
  const set = freshSet();
  try {
    await holds("records come back as they were written", runs, records, async (bins) => {
      const key = new Key("test", set, 1);
      const written = canonical(bins);
      await client.put(key, bins, { totalTimeout: LONG_MS, recordExists: "replace" });
      const policy = { totalTimeout: LONG_MS };
      for (const readPath of PATHS) {
        const record = await client.get(key, { ...policy, readPath });
        assertStrictEquals(canonical(record?.bins ?? null), written, `get, ${readPath}`);
        const rows = await client.batchRead<Record<string, BinValue>>([key, key], { ...policy, readPath });
        for (const row of rows.throwIfFailed()) {
          assertStrictEquals(canonical(row.record?.bins ?? null), written, `batchRead, ${readPath}`);
        }
      }
    });
  } finally {
    await server.close();
  }
}
