/**
 * Lookups in the table of result codes.
 *
 * @module
 */

import { RESULT_CODES } from "./result-codes.ts";

const BY_CODE: ReadonlyMap<number, readonly [number, string, string]> = new Map(
  RESULT_CODES.map((row) => [row[0], row] as const),
);

/** The codes that this code refers to by name. */
export const Code = {
  QUEUE_TIMEOUT: -1005,
  CANCELLED: -1004,
  CLOSED: -1003,
  ABI: -1002,
  LIBRARY: -1001,
  INTERNAL: -1000,
  BATCH_FAILED: -16,
  NO_RESPONSE: -15,
  MAX_ERROR_RATE: -14,
  CONNECTION: -10,
  TLS_ERROR: -9,
  INVALID_NODE: -8,
  NO_MORE_CONNECTIONS: -7,
  ASYNC_CONNECTION: -6,
  INVALID_HOST: -4,
  PARAM: -2,
  CLIENT: -1,
  OK: 0,
  RECORD_NOT_FOUND: 2,
  RECORD_GENERATION: 3,
  REQUEST_INVALID: 4,
  RECORD_EXISTS: 5,
  BIN_EXISTS: 6,
  SERVER_FULL: 8,
  TIMEOUT: 9,
  BIN_INCOMPATIBLE_TYPE: 12,
  RECORD_TOO_BIG: 13,
  RECORD_BUSY: 14,
  BIN_NOT_FOUND: 17,
  DEVICE_OVERLOAD: 18,
  NAMESPACE_NOT_FOUND: 20,
  BIN_NAME: 21,
  FAIL_FORBIDDEN: 22,
  FAIL_ELEMENT_NOT_FOUND: 23,
  FAIL_ELEMENT_EXISTS: 24,
  ENTERPRISE_ONLY: 25,
  OP_NOT_APPLICABLE: 26,
  FILTERED_OUT: 27,
  UDF: 100,
} as const;

/** The constant of a code, as the C and Node clients name it, or `UNKNOWN`. */
export function codeName(code: number): string {
  return BY_CODE.get(code)?.[1] ?? "UNKNOWN";
}

/** What a code means, in a few words. */
export function codeDescription(code: number): string {
  return BY_CODE.get(code)?.[2] ?? `the result code ${code}, which this client does not know`;
}
