/**
 * Which operation the server refused. It answers one code for all of them, and which one it is of is known only where no
 * other could have it.
 *
 * @module
 */

import type { Operation } from "../operation.ts";
import { Code } from "../result-code.ts";
import { CALLS } from "./call.ts";

const isCall = ({ kind }: Operation): boolean => CALLS.has(kind);
const isOf = (...families: string[]) => ({ kind }: Operation): boolean => families.includes(kind.split(".")[0] ?? "");
/** These do not look at what is in the bin. */
const NEUTRAL: ReadonlySet<string> = new Set(["read", "read-all", "header", "write", "touch", "delete"]);

/** Which operations can be answered with a code. */
const CANDIDATES: ReadonlyMap<number, (operation: Operation) => boolean> = new Map([
  [Code.REQUEST_INVALID, () => true],
  [Code.BIN_EXISTS, isCall],
  [Code.BIN_INCOMPATIBLE_TYPE, ({ kind }) => !NEUTRAL.has(kind)],
  [Code.BIN_NOT_FOUND, isCall],
  [Code.FAIL_ELEMENT_NOT_FOUND, isOf("map")],
  [Code.FAIL_ELEMENT_EXISTS, isOf("list", "map")],
  [Code.OP_NOT_APPLICABLE, isCall],
]);

/** Says which operation a code is of, where it can only be one. */
export function culprit(code: number, operations: readonly Operation[] | undefined): string | undefined {
  const isCandidate = CANDIDATES.get(code);
  if (operations === undefined || isCandidate === undefined) return undefined;
  let found = -1;
  for (let i = 0; i < operations.length; i++) {
    if (!isCandidate(operations[i] as Operation)) continue;
    if (found >= 0) return undefined;
    found = i;
  }
  return found < 0
    ? undefined
    : `it is operations[${found}], ${operations[found]?.kind} on the bin ${JSON.stringify(operations[found]?.bin)}`;
}
