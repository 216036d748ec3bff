/**
 * Integers as numbers or bigints.
 *
 * @module
 */

import { AerospikeError } from "../errors.ts";
import { hex, type Key } from "../key.ts";
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

/** An integer that `integers: "number"` cannot give. The command has been answered: only its answer is lost. */
export class UnsafeInteger extends AerospikeError {
  /** Makes the error; who reads the value knows neither where it stands nor whose it is. */
  constructor(where: string = "a value", key?: Key, wrote: boolean = false) {
    const known = key === undefined ? {} : { namespace: key.namespace, set: key.set, digest: hex(key.digest) };
    super(
      `${where} holds an integer that is not safe as a number: connect with integers: "auto" or "bigint", ` +
        'or declare the bin "bigint"' +
        (wrote ? "; the command was carried out, and what it writes is written" : ""),
      { code: Code.CLIENT, sent: true, ...known },
    );
  }

  /** What was thrown while something was read, with what its reader knows where it is this error. */
  static at(error: unknown, where: string, key: Key, wrote: boolean): unknown {
    return error instanceof UnsafeInteger ? new UnsafeInteger(where, key, wrote) : error;
  }
}
