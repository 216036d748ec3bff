/**
 * Sequences with the answers that a server gave to them: differences that were found and are none any more.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import type { RawCommand } from "./raw.ts";
import type { Sequence } from "./sequence.ts";

/** One entry of a corpus. */
export interface Recorded {
  readonly what: string;
  readonly sequence: Sequence;
  /** What a server answered, as `outcome` gives it. */
  readonly answers: readonly string[];
}

interface Stored {
  readonly what: string;
  readonly commands: readonly {
    readonly info: RawCommand["info"];
    /** Bin, operation, particle type and data as hex. */
    readonly operations: readonly (readonly [string, number, number, string])[];
    /** As hex. */
    readonly filter?: string;
    readonly generation?: number;
    readonly ttl?: number;
    readonly batch?: "row" | "all";
  }[];
  readonly answers: readonly string[];
}

const folder = new URL("./corpus/", import.meta.url);

/** The names of all corpora. */
export function corpora(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".jsonl")).sort();
}

/** Reads a corpus. */
export function readCorpus(name: string): Recorded[] {
  const lines = readFileSync(new URL(name, folder), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Stored).map(({ what, commands, answers }) => ({
    what,
    sequence: commands.map(({ operations, filter, ...rest }) => ({
      ...rest,
      ...(filter === undefined ? {} : { filter: Buffer.from(filter, "hex") }),
      operations: operations.map(([bin, op, particle, data]) => ({
        bin,
        op,
        particle,
        data: Buffer.from(data, "hex"),
      })),
    })),
    answers,
  }));
}

/** An entry as it is stored, on one line. */
export function entry({ what, sequence, answers }: Recorded): string {
  const commands = sequence.map(({ operations, filter, ...rest }) => ({
    ...rest,
    ...(filter === undefined ? {} : { filter: Buffer.from(filter).toString("hex") }),
    operations: operations.map(({ bin, op, particle, data }) => [bin, op, particle, Buffer.from(data).toString("hex")]),
  }));
  return JSON.stringify({ what, commands, answers });
}
