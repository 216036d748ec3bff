/**
 * The payload of a record (`docs/abi.md`, "Record payload").
 *
 * @module
 */

import { InternalError } from "../errors.ts";
import type { Key } from "../key.ts";
import type { Operation } from "../operation.ts";
import { AerospikeRecord, OperateRecord } from "../record.ts";
import type { BinDecodeOptions, BinValue } from "../values/value.ts";
import { UnsafeInteger } from "./integer.ts";
import { readName, setField } from "./name-cache.ts";
import { readParticle } from "./particle-reader.ts";

const HEADER = 12;
/** The ttl that says a record never expires. */
const TTL_NEVER = 0xffff_ffff;

/** A ttl of the ABI as the API gives it. */
export function readTtl(ttl: number): number | "never" {
  return ttl === TTL_NEVER ? "never" : ttl;
}

/** Where a payload stands. */
export interface Payload {
  /** The bytes that hold it. */
  readonly bytes: Uint8Array;
  /** A view of the same buffer, with the same origin. */
  readonly view: DataView;
  /** Where it begins. */
  readonly offset: number;
  /** Its length. */
  readonly length: number;
}

/** Reads the record of a GET. */
export function readRecord<T extends object>(
  payload: Payload,
  key: Key,
  options: BinDecodeOptions,
): AerospikeRecord<T> {
  const { view, offset } = payload;
  const bins: Record<string, unknown> = {};
  readNamedBins(payload, bins, key, false, options);
  return new AerospikeRecord<T>(
    key,
    bins as T,
    view.getUint32(offset, true),
    readTtl(view.getUint32(offset + 4, true)),
    Date.now(),
  );
}

/** The bin that a result is of; undefined where that makes no difference. */
export type ResultBin = ((result: number) => string) | undefined;

/** Gives the bin of each operation, where bins are declared. */
export function resultBins(options: BinDecodeOptions, operations: readonly Operation[]): ResultBin {
  return options.bins === undefined ? undefined : (result) => operations[result]?.bin ?? "";
}

/** Reads the record of an OPERATE; `wrote` says that an operation writes. */
export function readOperateRecord<T extends object>(
  payload: Payload,
  key: Key,
  wrote: boolean,
  options: BinDecodeOptions,
  operations: readonly Operation[],
): OperateRecord<T> {
  const { bytes, view, offset } = payload;
  const bins: Record<string, unknown> = {};
  const at = readNamedBins(payload, bins, key, wrote, options);
  const results = new Array<BinValue>(view.getUint16(offset + 10, true));
  readResults(bytes, view, at, offset + payload.length, results, key, wrote, options, resultBins(options, operations));
  return new OperateRecord<T>(
    key,
    bins as T,
    view.getUint32(offset, true),
    readTtl(view.getUint32(offset + 4, true)),
    Date.now(),
    results,
  );
}

function readNamedBins(
  payload: Payload,
  bins: Record<string, unknown>,
  key: Key,
  wrote: boolean,
  options: BinDecodeOptions,
): number {
  const { bytes, view, offset } = payload;
  if (payload.length < HEADER) throw overrun();
  const end = offset + payload.length;
  let at = offset + HEADER;
  let name = "";
  try {
    for (let left = view.getUint16(offset + 8, true); left > 0; left--) {
      const nameLength = bytes[at] as number;
      // Not the other way round: at the very end there is no number to compare.
      if (!(at + 6 + nameLength <= end)) throw overrun();
      name = readName(bytes, at + 1, nameLength);
      at += 1 + nameLength;
      const length = view.getUint32(at + 1, true);
      if (at + 5 + length > end) throw overrun();
      const own = options.bins?.get(name) ?? options;
      setField(bins, name, readParticle(bytes, view, bytes[at] as number, at + 5, length, own));
      at += 5 + length;
    }
  } catch (error) {
    throw UnsafeInteger.at(error, `the bin ${JSON.stringify(name)}`, key, wrote);
  }
  return at;
}

/** Fills `results` from the particles at `at`, and returns where they end. */
export function readResults(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  results: BinValue[],
  key: Key,
  wrote: boolean,
  options: BinDecodeOptions,
  binOf: ResultBin,
): number {
  let at = start;
  let i = 0;
  try {
    for (; i < results.length; i++) {
      if (at + 5 > end) throw overrun();
      const length = view.getUint32(at + 1, true);
      if (at + 5 + length > end) throw overrun();
      const own = binOf === undefined ? options : options.bins?.get(binOf(i)) ?? options;
      results[i] = readParticle(bytes, view, bytes[at] as number, at + 5, length, own) as BinValue;
      at += 5 + length;
    }
  } catch (error) {
    throw UnsafeInteger.at(error, `the result of operations[${i}]`, key, wrote);
  }
  return at;
}

/** A payload that ends before its own counts say so: a fault of the native library. */
export function overrun(): InternalError {
  return new InternalError("a reply ends in the middle of a value");
}
