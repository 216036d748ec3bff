/**
 * Conditions and variables.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { checkObject } from "../option-check.ts";
import { checkedType } from "./bin.ts";
import { Expression, type ExpressionType, type Piece, untyped, type ValueType } from "./expression.ts";
import { type Operand, operand, typed } from "./operand.ts";
import { head, node, Op, pack, writeRawText } from "./pack.ts";

/** A condition, and what the value is where it is the first that is true. */
export type Case<T extends ValueType> = readonly [condition: Operand<"bool">, value: Expression<T>];

/** The variables of a `let`, each of the type of its definition. */
export type Variables<D extends Readonly<Record<string, Expression<ValueType>>>> = {
  readonly [K in keyof D]: D[K] extends Expression<infer T extends ValueType> ? Expression<T> : never;
};

/** The value of the first case whose condition is true, else `otherwise`. */
export function cond<T extends ValueType>(
  cases: readonly Case<T>[],
  otherwise: Expression<NoInfer<T>>,
): Expression<T> {
  if (!Array.isArray(cases) || cases.length === 0) {
    throw new InvalidArgumentError("exp.cond() cases are an array of at least one case: [condition, value]");
  }
  const pieces: Expression<ExpressionType>[] = [];
  let type: string = typed(otherwise, undefined, "exp.cond() otherwise").type;
  cases.forEach((entry: unknown, at) => {
    const path = `exp.cond() cases[${at}]`;
    if (!Array.isArray(entry) || entry.length !== 2) {
      throw new InvalidArgumentError(`${path} is not [condition, value]`);
    }
    // What is unknown fits every type.
    const types = type === "unknown" ? undefined : [type as ValueType];
    const value = typed(entry[1], types, `${path} value`);
    if (type === "unknown") type = value.type;
    pieces.push(operand(entry[0], "bool", `${path} condition`), value);
  });
  return node(type as T, Op.COND, [...pieces, otherwise]);
}

/** Defines variables, in their order, for `scope`; a definition may use those before it by `exp.var`. */
export function let_<D extends Readonly<Record<string, Expression<ValueType>>>, T extends ValueType>(
  definitions: D,
  scope: (variables: Variables<D>) => Expression<T>,
): Expression<T> {
  checkObject(definitions, "exp.let() definitions");
  if (typeof scope !== "function") {
    throw new InvalidArgumentError("exp.let() scope is not a function: it takes the variables and gives an expression");
  }
  const pieces: Piece[] = [];
  const variables: Record<string, Expression<ValueType>> = {};
  for (const [name, value] of Object.entries(definitions)) {
    const path = `exp.let() definitions.${name.slice(0, 40)}`;
    if (/^\d+$/.test(name)) throw new InvalidArgumentError(`${path} is a number: JavaScript would not keep its place`);
    const definition = typed<ValueType>(value, undefined, path);
    pieces.push(variableName(name, path), definition);
    variables[name] = variable(name, definition.type, path);
  }
  if (pieces.length === 0) throw new InvalidArgumentError("exp.let() definitions are empty: define a variable");
  const body = typed<T>(scope(variables as Variables<D>), undefined, "exp.let() scope");
  return node(body.type, Op.LET, [...pieces, body]);
}

/** A variable of the `let` around it, with the type that its definition has. */
export function var_<T extends ValueType>(name: string, type: T): Expression<T> {
  return variable(name, checkedType(type, "exp.var() type"), "exp.var() name");
}

function variable<T extends ValueType>(name: string, type: T, path: string): Expression<T> {
  return new Expression(type, [head(Op.VAR, 1), variableName(name, path)]);
}

function variableName(name: unknown, path: string): Uint8Array {
  if (typeof name !== "string" || name === "" || !name.isWellFormed()) {
    throw new InvalidArgumentError(`${path} is no name: a variable's is a text that is not empty`);
  }
  return pack((w) => writeRawText(w, name));
}

/** No value: an operation with it fails, unless it says `evalNoFail`; a filter with it is not met. */
export function unknown(): Expression<never> {
  return untyped([head(Op.UNKNOWN, 0)]);
}
