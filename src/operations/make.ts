/**
 * Operations from a builder's arguments.
 *
 * @module
 */

import type { Operation, OperationKind } from "../operation.ts";
import { checkNames, checkObject } from "../option-check.ts";
import type { OperationFields } from "./fields.ts";

/** An operation of a kind. The options' names and values are checked when it is written, where its place is known. */
export function make(
  kind: OperationKind,
  bin: string,
  fields: OperationFields & Pick<Operation, "value" | "expression">,
  options: OperationFields | undefined,
): Operation {
  if (options !== undefined) checkObject(options, `${kind}: options`);
  return Object.freeze({ ...options, ...fields, kind, bin });
}

/** A range's fields, which become the operation's. */
export function rangeOf<T extends object>(kind: OperationKind, range: T, names: readonly (keyof T & string)[]): T {
  checkNames(range, `${kind}: range`, names);
  return range as T;
}
