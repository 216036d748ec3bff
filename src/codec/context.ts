/**
 * Contexts in frames (`docs/abi.md`, "Calls").
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { Context, ContextKind } from "../operations/ctx.ts";
import { unknownOption } from "../option-check.ts";
import { choose, invalidArgument, type Place, writeInt, writeMapKey, writeMapKeys, writeMatch } from "./argument.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { Particle } from "./particle-type.ts";
import { writeBytes, writeNoParticle } from "./particle.ts";

const CONTEXTS_LIMIT = 255;
const LIST_PADDED = 0x80;

interface ContextSpec {
  readonly number: number;
  readonly fields: readonly (keyof Context)[];
  /** What is created where there is nothing, as the server's flag. */
  creates?(context: Context, place: Place): number;
  write(w: FrameWriter, context: Context, place: Place): void;
}

const LISTS: ReadonlyMap<string, number> = new Map([["unordered", 0x40], ["ordered", 0xc0]]);
const MAPS: ReadonlyMap<string, number> = new Map([
  ["unordered", 0x40],
  ["key-ordered", 0x80],
  ["key-value-ordered", 0xc0],
]);

function listCreates(context: Context, place: Place): number {
  const { order = "unordered", pad } = context;
  const number = choose(order, "order", LISTS, place);
  if (pad !== undefined && typeof pad !== "boolean") throw invalidArgument(pad, "pad", "true or false", place);
  if (pad !== true) return number;
  if (order !== "unordered") {
    throw new InvalidArgumentError(`${place.path}.pad has no use: an ordered list is not filled up`);
  }
  return LIST_PADDED;
}

const int = (number: number, name: "index" | "rank"): ContextSpec => ({
  number,
  fields: [name],
  write: (w, context, place) => writeInt(w, context[name], name, place),
});
const value = (number: number): ContextSpec => ({
  number,
  fields: ["value"],
  write: (w, context, place) => writeMatch(w, context.value, "value", place),
});
const filter = (number: number): ContextSpec => ({
  number,
  fields: ["filter"],
  write(w, context, place) {
    const bytes: unknown = context.filter?.bytes;
    if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
      throw invalidArgument(context.filter, "filter", "a compiled expression", place);
    }
    writeBytes(w, Particle.BYTES, bytes);
  },
});
const mapKey = (w: FrameWriter, context: Context, place: Place): void => writeMapKey(w, context.key, "key", place);

/** The server's numbers, except for `andFilter`, whose own takes more than a byte. */
const CONTEXTS: { readonly [K in ContextKind]: ContextSpec } = {
  listIndex: int(0x10, "index"),
  listIndexCreate: { ...int(0x10, "index"), fields: ["index", "order", "pad"], creates: listCreates },
  listRank: int(0x11, "rank"),
  listValue: value(0x13),
  mapIndex: int(0x20, "index"),
  mapRank: int(0x21, "rank"),
  mapKey: { number: 0x22, fields: ["key"], write: mapKey },
  mapKeyCreate: {
    number: 0x22,
    fields: ["key", "order"],
    creates: (context, place) => choose(context.order ?? "unordered", "order", MAPS, place),
    write: mapKey,
  },
  mapValue: value(0x23),
  mapKeysIn: {
    number: 0x2a,
    fields: ["keys"],
    write: (w, context, place) => writeMapKeys(w, context.keys, "keys", place),
  },
  allChildren: { number: 0x04, fields: [], write: (w) => writeNoParticle(w) },
  allChildrenWithFilter: filter(0x04),
  andFilter: filter(0x05),
};
const KINDS: ReadonlyMap<unknown, ContextSpec> = new Map(Object.entries(CONTEXTS));

/** Writes `u8 count` and the contexts. `path` names them in errors. */
export function writeContexts(w: FrameWriter, contexts: readonly Context[] | undefined, path: string): void {
  if (contexts === undefined) return w.u8(0);
  if (!Array.isArray(contexts)) {
    throw new InvalidArgumentError(`${path} is not an array: the way to a value is a list, as [ctx.mapKey("a")]`);
  }
  if (contexts.length > CONTEXTS_LIMIT) {
    throw new InvalidArgumentError(`${path} has ${contexts.length} steps: ${CONTEXTS_LIMIT} are the most`);
  }
  w.u8(contexts.length);
  for (let i = 0; i < contexts.length; i++) writeContext(w, contexts[i], `${path}[${i}]`);
}

function writeContext(w: FrameWriter, context: Context, path: string): void {
  const kind = context?.kind;
  const spec = KINDS.get(kind);
  if (spec === undefined) throw new InvalidArgumentError(`${path} is no step: make it with ctx.mapKey(), ...`);
  for (const name in context) {
    if (name !== "kind" && !spec.fields.includes(name as keyof Context)) {
      throw unknownOption(name, path, spec.fields);
    }
  }
  const place = { path, kind: `ctx.${kind}` };
  w.u8(spec.number);
  w.u8(spec.creates?.(context, place) ?? 0);
  spec.write(w, context, place);
}
