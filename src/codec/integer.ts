/**
 * Integers as numbers or bigints.
 *
 * @module
 */

import { AerospikeError } from "../errors.ts";
import { Code } from "../result-code.ts";
import type { DecodeOptions } from "../values/value.ts";

const HIGH_LIMIT = 0x20_0000;

/** An i64, big-endian. */
export function readInteger(view: DataView, at: number, integers: DecodeOptions["integers"]): number | bigint {
  if (integers === "bigint") return view.getBigInt64(at);
  const high = view.getInt32(at);
  // Safe integers have at most 21 bits above the lower 32; -2^53 itself is not safe.
  if (high < HIGH_LIMIT && high >= -HIGH_LIMIT) {
    const low = view.getUint32(at + 4);
    if (high !== -HIGH_LIMIT || low !== 0) return high * 0x1_0000_0000 + low;
  }
  if (integers === "number") throw new UnsafeInteger();
  return view.getBigInt64(at);
}

/** A small integer that is already a number. */
export function readNumberInteger(value: number, integers: DecodeOptions["integers"]): number | bigint {
  return integers === "bigint" ? BigInt(value) : value;
}

/** An integer that `integers: "number"` cannot give. */
export class UnsafeInteger extends AerospikeError {
  /** Makes the error; the bin is not known here. */
  constructor(bin?: string) {
    super(
      `${bin === undefined ? "a value" : `the bin ${JSON.stringify(bin)}`} holds an integer that is not safe as a ` +
        `number: connect with integers: "auto" or "bigint"`,
      { code: Code.CLIENT },
    );
  }
}
