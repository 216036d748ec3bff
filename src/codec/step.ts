/**
 * Steps of the way into lists and maps, checked, for frames and for expressions.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { packedFilter } from "../exp/expression.ts";
import type { Context, ContextKind } from "../operations/ctx.ts";
import { unknownOption } from "../option-check.ts";
import { checkInt, checkMapKey, checkMapKeys, choose, invalidArgument, type Place } from "./argument-check.ts";

/** A step as the server has it. */
export interface Step {
  /** Its number, without what it creates. */
  readonly number: number;
  /** The flag of what it creates where there is nothing; else 0. */
  readonly creates: number;
  /** The field that says what it goes by. */
  readonly by: keyof Context;
  /** What it goes by: a value, or where {@link isFilter} a packed expression. */
  readonly value: unknown;
}

const LIST = 0x10;
const LIST_PADDED = 0x80;
const CHILDREN = 0x04;
/** Added to the number of a filter that only narrows what the step before gave. */
const NARROWS = 0x200;
/** The packed `true` of a step to all children. */
const ALL: Uint8Array<ArrayBuffer> = Uint8Array.of(0xc3);

interface StepSpec {
  readonly number: number;
  readonly by: keyof Context;
  /** Fields beside what it goes by. */
  readonly options?: readonly (keyof Context)[];
  creates?(step: Context, place: Place): number;
  /** Throws where it cannot go by that; values are judged where they are written. */
  check?(value: unknown, name: string, place: Place): void;
}

const LISTS: ReadonlyMap<string, number> = new Map([["unordered", 0x40], ["ordered", 0xc0]]);
const MAPS: ReadonlyMap<string, number> = new Map([
  ["unordered", 0x40],
  ["key-ordered", 0x80],
  ["key-value-ordered", 0xc0],
]);

function listCreates(step: Context, place: Place): number {
  const { order = "unordered", pad } = step;
  const number = choose(order, "order", LISTS, place);
  if (pad !== undefined && typeof pad !== "boolean") throw invalidArgument(pad, "pad", "true or false", place);
  if (pad !== true) return number;
  if (order !== "unordered") {
    throw new InvalidArgumentError(`${place.path}.pad has no use: an ordered list is not filled up`);
  }
  return LIST_PADDED;
}

const listIndex: StepSpec = { number: LIST, by: "index", check: checkInt };
const mapKey: StepSpec = { number: 0x22, by: "key", check: checkMapKey };

const STEPS: { readonly [K in ContextKind]: StepSpec } = {
  listIndex,
  listIndexCreate: { ...listIndex, options: ["order", "pad"], creates: listCreates },
  listRank: { number: 0x11, by: "rank", check: checkInt },
  listValue: { number: 0x13, by: "value" },
  mapIndex: { number: 0x20, by: "index", check: checkInt },
  mapRank: { number: 0x21, by: "rank", check: checkInt },
  mapKey,
  mapKeyCreate: {
    ...mapKey,
    options: ["order"],
    creates: (step, place) => choose(step.order === undefined ? "unordered" : step.order, "order", MAPS, place),
  },
  mapValue: { number: 0x23, by: "value" },
  mapKeysIn: { number: 0x2a, by: "keys", check: checkMapKeys },
  allChildren: { number: CHILDREN, by: "filter" },
  allChildrenWithFilter: { number: CHILDREN, by: "filter" },
  andFilter: { number: NARROWS | CHILDREN, by: "filter" },
};
const KINDS: ReadonlyMap<unknown, StepSpec> = new Map(Object.entries(STEPS));

/** Throws where a way is no array of steps. */
export function checkSteps(steps: unknown, path: string): asserts steps is readonly Context[] {
  if (!Array.isArray(steps)) {
    throw new InvalidArgumentError(`${path} is not an array: the way to a value is a list, as [ctx.mapKey("a")]`);
  }
}

/** Throws where a step is none; `path` names it. */
export function checkedStep(step: Context, path: string): Step {
  const kind = step?.kind;
  const spec = KINDS.get(kind);
  if (spec === undefined) throw new InvalidArgumentError(`${path} is no step: make it with ctx, as ctx.mapKey("a")`);
  const { number, by, options = [] } = spec;
  const fields = kind === "allChildren" ? [] : [by, ...options];
  for (const name in step) {
    if (name !== "kind" && !fields.includes(name as keyof Context)) throw unknownOption(name, path, fields);
  }
  const place = { path, kind: `ctx.${kind}` };
  const creates = spec.creates?.(step, place) ?? 0;
  if (kind === "allChildren") return { number, creates, by, value: ALL };
  if (isFilter(spec)) return { number, creates, by, value: packedFilter(step.filter, `${path}.filter`) };
  spec.check?.(step[by], by, place);
  return { number, creates, by, value: step[by] };
}

/** Whether a step goes by an expression. */
export function isFilter(step: Pick<Step, "by">): boolean {
  return step.by === "filter";
}

/** Whether a step leads into a list. */
export function isIntoList(step: Context): boolean {
  return ((KINDS.get(step.kind)?.number ?? 0) & LIST) !== 0;
}
