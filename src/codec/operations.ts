/**
 * Operations in frames (`docs/abi.md`, "Operations").
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { computed } from "../exp/expression.ts";
import type { Operation, OperationKind, WholeKind } from "../operation.ts";
import { checkNames, flagBits, type Flags, unknownOption } from "../option-check.ts";
import { Double } from "../values/double.ts";
import { CALLS, writeCall } from "./call.ts";
import { fitDeclared } from "./declared-bin.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { Particle } from "./particle-type.ts";
import { binPath, writeBinName, writeBinValue, writeHeader, writeNoParticle } from "./particle.ts";
import { toArgumentError, unsupportedOperand, ValueProblem } from "./value-problem.ts";

/** A Map, because an object would find its prototype's members too. */
const NUMBERS: ReadonlyMap<unknown, number> = new Map<WholeKind, number>([
  ["read", 1],
  ["write", 2],
  ["add", 3],
  ["append", 4],
  ["prepend", 5],
  ["touch", 6],
  ["delete", 7],
  ["read-all", 8],
  ["header", 9],
  ["read-exp", 10],
  ["write-exp", 11],
]);
/** The number of the operation that writes a bin. */
export const OPERATION_WRITE = 2;
const FIELDS = ["kind", "bin", "value"] as const;
const FIRST_EXPRESSION = 10;
const FIRST_WITHOUT_BIN = 6;
const READS: ReadonlySet<unknown> = new Set<unknown>([
  "read",
  "read-all",
  "header",
  "read-exp",
  ...[...CALLS].filter(([, spec]) => !spec.writes).map(([kind]) => kind),
]);

/** The list as it is now: its caller may change it while the command runs. Leaves the check of its form to the writer. */
export function snapshot(operations: readonly Operation[]): readonly Operation[] {
  return Array.isArray(operations) ? operations.slice() : operations;
}

/** Whether nothing among the operations writes. Leaves the check of their form to the writer. */
export function readsOnly(operations: readonly Operation[]): boolean {
  return Array.isArray(operations) && operations.every((operation) => READS.has(operation?.kind));
}

/** Throws where operations are no list. */
export function checkOperationList(operations: unknown, path: string): asserts operations is readonly Operation[] {
  if (Array.isArray(operations)) return;
  throw new InvalidArgumentError(`${path} is not an array: operations are a list, as [op.read("a")]`);
}

/** Writes `u16 count` and the operations. `root` begins the paths in errors. */
export function writeOperations(w: FrameWriter, operations: readonly Operation[], root: string): void {
  checkOperationList(operations, root);
  const count = operations.length;
  if (count === 0) throw new InvalidArgumentError(`${root} is empty: give at least one operation`);
  if (count > 0xffff) throw new InvalidArgumentError(`${root} has ${count} operations: 65,535 are the most`);
  w.u16(count);
  for (let i = 0; i < count; i++) writeOperation(w, operations[i] as Operation, root, i);
}

function writeOperation(w: FrameWriter, operation: Operation, root: string, index: number): void {
  const kind = operation?.kind;
  const number = NUMBERS.get(kind);
  if (number === undefined) {
    const call = CALLS.get(kind);
    if (call === undefined) throw notAnOperation(kind, `${root}[${index}]`);
    return writeCall(w, call, operation, `${root}[${index}]`);
  }
  if (number >= FIRST_EXPRESSION) return writeExpression(w, operation, number, `${root}[${index}]`);
  for (const name in operation) {
    if (name !== "kind" && name !== "bin" && name !== "value") throw unknownOption(name, `${root}[${index}]`, FIELDS);
  }
  const { bin, value } = operation;
  w.u8(number);
  if ((number >= FIRST_WITHOUT_BIN || kind === "read") && value !== undefined) {
    throw new InvalidArgumentError(`${root}[${index}].value has no use: the operation "${kind}" takes no value`);
  }
  if (number >= FIRST_WITHOUT_BIN) {
    if (bin !== "" && bin !== undefined) {
      throw new InvalidArgumentError(
        `${root}[${index}].bin has no use: the operation "${kind}" is about the record as a whole`,
      );
    }
    w.u8(0);
    return writeNoParticle(w);
  }
  writeBinName(w, bin, `${root}[${index}].bin`);
  if (kind === "read") return writeNoParticle(w);
  const at = w.length;
  try {
    checkOperand(kind, value);
    writeBinValue(w, bin, value);
  } catch (error) {
    throw toArgumentError(error, `${root}[${index}].value`);
  }
  if (w.declared !== undefined) fitDeclared(w, bin, at, `${root}[${index}].value`);
}

/** The flags of operations with expressions, which stand in front of them. */
const READ_EXP_FLAGS: Flags = { evalNoFail: 16 };
const WRITE_EXP_FLAGS: Flags = { createOnly: 1, updateOnly: 2, allowDelete: 4, policyNoFail: 8, evalNoFail: 16 };
const EXPRESSION_FIELDS = ["kind", "bin", "expression"] as const;

function writeExpression(w: FrameWriter, operation: Operation, number: number, path: string): void {
  const { kind, bin, expression } = operation;
  const flags = kind === "read-exp" ? READ_EXP_FLAGS : WRITE_EXP_FLAGS;
  checkNames(operation, path, [...EXPRESSION_FIELDS, ...Object.keys(flags)]);
  const bytes = computed(expression, `${path}.expression`);
  w.u8(number);
  writeBinName(w, bin, `${path}.bin`);
  writeHeader(w, Particle.BYTES, bytes.length + 1);
  w.u8(flagBits(operation, flags, path));
  w.blob(bytes);
}

function notAnOperation(kind: unknown, path: string): InvalidArgumentError {
  return typeof kind === "string"
    ? new InvalidArgumentError(
      `${path}.kind is ${JSON.stringify(kind.slice(0, 40))}: it must be one of ${
        [...NUMBERS.keys()].join(", ")
      }, or what list, map, bit, hll, string and path make`,
    )
    : new InvalidArgumentError(`${path} is not an operation: make it with op.read(), op.write(), ...`);
}

/** `add` takes numbers, `append` and `prepend` texts and bytes. */
function checkOperand(kind: OperationKind, value: unknown): void {
  if (kind === "add") {
    if (typeof value !== "number" && typeof value !== "bigint" && !(value instanceof Double)) {
      throw unsupportedOperand(value, "add takes a number, a bigint or a Double");
    }
  } else if (kind === "append" || kind === "prepend") {
    if (typeof value !== "string" && !(value instanceof Uint8Array)) {
      throw unsupportedOperand(value, `${kind} takes a string or a Uint8Array`);
    }
  }
}

/** Throws where a bin of `add`, `append` or `prepend` is no operand. */
export function checkOperands(kind: OperationKind, bins: object): void {
  if (typeof bins !== "object" || bins === null) return;
  for (const [name, value] of Object.entries(bins)) {
    if (value === undefined) continue;
    try {
      checkOperand(kind, value);
    } catch (error) {
      throw error instanceof ValueProblem ? error.toError(binPath("bins", name)) : error;
    }
  }
}
