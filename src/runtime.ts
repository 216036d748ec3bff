/**
 * Which runtime this is, and whether it is new enough.
 *
 * @module
 */

import { LibraryError } from "./errors.ts";

/** The oldest versions that are tested: `[major, minor]`. */
const FLOORS = { deno: [2, 5], bun: [1, 4] } as const;

/** A runtime that this client has a binding for. */
export type RuntimeName = keyof typeof FLOORS;

interface Globals {
  readonly Deno?: { readonly version?: { readonly deno?: unknown } };
  readonly Bun?: { readonly version?: unknown };
  readonly process?: { readonly versions?: { readonly node?: unknown } };
}

/**
 * The runtime that this code runs in.
 *
 * @throws {LibraryError} where it is another one, or too old
 */
export function detectRuntime(globals: object = globalThis): RuntimeName {
  const { Deno, Bun, process } = globals as Globals;
  const deno = Deno?.version?.deno;
  const bun = Bun?.version;
  // Bun and Deno both say they are Node, so their own names come first.
  if (typeof bun === "string") return checkVersion("bun", "Bun", bun);
  if (typeof deno === "string") return checkVersion("deno", "Deno", deno);
  const found = typeof process?.versions?.node === "string" ? `Node ${process.versions.node}` : "this runtime";
  throw new LibraryError(`${found} is not supported: this client runs in Deno and Bun`);
}

function checkVersion(runtime: RuntimeName, name: string, version: string): RuntimeName {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const [floorMajor, floorMinor] = FLOORS[runtime];
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return runtime;
  throw new LibraryError(
    `${name} ${version} is too old: this client needs ${name} ${floorMajor}.${floorMinor} or newer`,
  );
}
