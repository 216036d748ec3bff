/**
 * Finds what of ours stands for each name of others.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { CALLS } from "../../src/codec/call.ts";
import { type Part, PARTS, type Reason, type Target } from "./mapping.ts";
import { OURS } from "./ours.ts";

/** The names of a client, by the part that they are in. */
export interface Names {
  readonly version: string;
  readonly names: { readonly [part: string]: readonly string[] };
}

/** A name of another client, and what stands for it here. */
export interface Resolved {
  readonly client: string;
  readonly name: string;
  /** Names of ours, or why there is none. */
  readonly target: readonly string[] | Reason;
}

const support = new URL("../support/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, support), "utf8"));

function lockedCore(): string {
  const lock = readFileSync(new URL("../../rust/Cargo.lock", import.meta.url), "utf8");
  const version = /^name = "aerospike-core"\nversion = "(.+)"$/m.exec(lock)?.[1];
  if (version === undefined) throw new Error("rust/Cargo.lock has no aerospike-core");
  return version;
}

/** Each client's names. */
export const NAMES: { readonly [client: string]: Names } = {
  "aerospike-core": { version: lockedCore(), names: read("core-operations.json") },
  ...read("peer-operations.json"),
};

const ours = new Set(OURS);
const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
/** `addListIndex` without its `add` is `listIndex`. */
const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** As written in a program, as far as that tells names apart. */
function shown(client: string, part: string, name: string): string {
  if (client !== "aerospike-core") return part.includes("_") || part === "operations" ? name : `${part}.${name}`;
  return `${part.replace("operations::", "")}::${name}`;
}

/** Whether nothing of ours is named, but why. */
export const isReason = (target: Target): target is Reason => typeof target === "object" && "why" in target;

function byRule(part: Part, name: string): string | undefined {
  const bare = lower(camel(part.drop === undefined ? name : name.replace(part.drop, "")));
  const family = part.ours.replace("exp.", "");
  // The codec says which functions of core an operation is, and expressions have the names of operations.
  const kind = [...CALLS].find(([kind, { core }]) => `${kind}`.startsWith(`${family}.`) && core.includes(name))?.[0];
  const fromTable = kind === undefined ? undefined : `${part.ours}.${`${kind}`.slice(family.length + 1)}`;
  return [fromTable, `${part.ours}.${bare}`].find((candidate) => candidate !== undefined && ours.has(candidate));
}

function resolve(part: Part, name: string): readonly string[] | Reason | undefined {
  const target: Target | undefined = part.names?.[name] ?? byRule(part, name);
  if (target === undefined || isReason(target)) return target;
  const named = typeof target === "string" ? [target] : target;
  return named.every((path) => ours.has(path)) ? named : undefined;
}

/** Every name of every client. */
export function resolveAll(): Resolved[] {
  const unknown: string[] = [];
  const all = Object.entries(PARTS).flatMap(([client, parts]) => {
    const { names } = NAMES[client] as Names;
    for (const part of Object.keys(parts)) if (names[part] === undefined) unknown.push(`${client} has no ${part}`);
    return Object.entries(names).flatMap(([part, inPart]) =>
      inPart.flatMap((name) => {
        const known = parts[part];
        const target = known && resolve(known, name);
        if (target === undefined) unknown.push(`${client}: ${part}, ${name}`);
        return target === undefined ? [] : [{ client, name: shown(client, part, name), target }];
      })
    );
  });
  if (unknown.length > 0) {
    throw new Error(`nothing of ours, and no reason in tests/operations-table/mapping.ts:\n${unknown.join("\n")}`);
  }
  return all;
}
