/**
 * What we have: every builder, every method of a client, and what makes one, by the names that programs write.
 *
 * @module
 */

import * as mod from "../../mod.ts";

/** Functions by their path, `exp.list.size` for one. */
function pathsOf(builders: object, path: string): string[] {
  return Object.entries(builders).flatMap(([name, member]) => {
    if (typeof member === "function") return [`${path}.${name}`];
    return typeof member === "object" && member !== null ? pathsOf(member, `${path}.${name}`) : [];
  });
}

function methodsOf(prototype: object, path: string): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => `${path}.${name}`);
}

const exported = Object.entries(mod).filter(([name]) => /^[a-z]/.test(name));

/** Every name. */
export const OURS: readonly string[] = [
  "connect",
  "attach",
  ...methodsOf(mod.Client.prototype, "client"),
  ...pathsOf(Object.fromEntries(exported.filter(([, member]) => typeof member === "object")), "").map((path) =>
    path.slice(1)
  ),
  "expression.toBase64",
];
