/**
 * Random conditions of commands: filters, generations, times to live, what must be there; alone or in a batch.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Choices } from "../support/random.ts";
import { type Item, pack, Packed } from "./msgpack.ts";
import { INFO2, INFO3, type RawCommand } from "./raw.ts";
import type { Sequence } from "./sequence.ts";

const HALF_DAY = 43_200;
const NEVER = 0xffff_ffff;
const KEEP = 0xffff_fffe;
/** Longer than a server allows. */
const TOO_LONG = 400_000_000;
const TTLS = [0, HALF_DAY, HALF_DAY, 2 * HALF_DAY, NEVER, KEEP, TOO_LONG];
const GENERATIONS = [0, 1, 1, 2, 2, 3, 4, 65_535];

const V = new Packed(Buffer.from("\xa1v", "latin1"));
const CALL = 127n;
const INTEGER = 2n;
/** Conditions on the bin "v", which hold now and then, fail, or are none. */
const FILTERS: readonly Item[] = [
  true,
  false,
  [0n],
  [18n, [0n]],
  1n,
  [1n, 2n],
  [16n, true, [0n]],
  [17n, true, [0n]],
  [71n],
  [72n],
  [3n, [69n], 1n],
  ...[4n, 18n, 19n, 20n].map((type) => [1n, [82n, V], type]),
  ...[0n, 2n].map((size) => [3n, [CALL, INTEGER, 0n, [16n], [81n, 4n, V]], size]),
  ...[0n, 2n].map((size) => [3n, [CALL, INTEGER, 0n, [96n], [81n, 5n, V]], size]),
  [3n, [CALL, INTEGER, 1n, [51n, 0n, 8n], [81n, 6n, V]], 2n],
  [3n, [CALL, INTEGER, 2n, [50n], [81n, 9n, V]], 3n],
];

/** The sequence with a condition here and there. */
export function conditioned(choices: Choices, sequence: Sequence): Sequence {
  if (!choices.oneIn(3)) return sequence;
  return sequence.map((command) => {
    let made = command;
    if (choices.oneIn(6)) made = { filter: pack(choices.pick(FILTERS)), ...made };
    if (choices.oneIn(6)) made = expecting(choices, made);
    if (choices.oneIn(6) && isWrite(made)) made = { ...made, ttl: choices.pick(TTLS) };
    if (choices.oneIn(8) && isWrite(made)) made = demanding(choices, made);
    if (choices.oneIn(8)) made = { ...made, batch: choices.pick(["row", "all"] as const) };
    return made;
  });
}

function isWrite({ info }: RawCommand): boolean {
  return (info[1] & INFO2.WRITE) !== 0;
}

function expecting(choices: Choices, command: RawCommand): RawCommand {
  const bit = choices.pick([INFO2.GENERATION, INFO2.GENERATION, INFO2.GENERATION_GREATER]);
  const [info1, info2, info3] = command.info;
  return { ...command, info: [info1, info2 | bit, info3], generation: choices.pick(GENERATIONS) };
}

function demanding(choices: Choices, command: RawCommand): RawCommand {
  const [info1, info2, info3] = command.info;
  if (choices.oneIn(4)) return { ...command, info: [info1, info2 | INFO2.CREATE_ONLY, info3] };
  const bit = choices.pick([INFO3.UPDATE_ONLY, INFO3.CREATE_OR_REPLACE, INFO3.REPLACE_ONLY]);
  return { ...command, info: [info1, info2, info3 | bit] };
}
