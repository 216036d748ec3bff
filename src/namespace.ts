/**
 * Namespaces, through which sets are bound.
 *
 * @module
 */

import { BoundSet } from "./bound-set.ts";
import type { Client } from "./client.ts";
import { Key } from "./key.ts";
import { checkNames } from "./option-check.ts";
import type { ClientPolicies } from "./policy.ts";
import type { BinTypes } from "./values/bin-type.ts";
import type { Bins } from "./values/value.ts";

/** What a set has of its own, whatever its records hold. */
export interface SetSettings {
  /** What bins hold: see {@link BinType}. It wins over the client's `integers`, `doubles` and `maps`. */
  readonly bins?: object | undefined;
  /** The defaults of each kind of command, over the client's. */
  readonly policies?: ClientPolicies | undefined;
}

/** The options of {@link Namespace.set}. */
export interface SetOptions<T extends object = Bins> extends SetSettings {
  /** What bins hold: see {@link BinType}. It wins over the client's `integers`, `doubles` and `maps`. */
  readonly bins?: BinTypes<T> | undefined;
}

/**
 * A namespace of a client; {@link Client.namespace} gives it.
 *
 * ```ts
 * import { connect } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const users = client.namespace("test").set<{ name: string }>("users");
 * console.log(await users.exists("alice"));
 * ```
 */
export class Namespace {
  /** Its name. */
  readonly name: string;
  readonly #bind: (settings: SetSettings) => Client;

  /** Made by the client. */
  constructor(name: string, bind: (settings: SetSettings) => Client) {
    // A key checks the names of its namespace and its set.
    this.name = new Key(name, "", 0).namespace;
    this.#bind = bind;
  }

  /**
   * A set whose records hold `T`; an empty name is that of the records without a set. Asks nobody.
   *
   * @throws {InvalidArgumentError} where the name or an option is not valid
   */
  set<T extends object = Bins>(name: string, options: SetOptions<T> = {}): BoundSet<T> {
    checkNames(options, "options", ["bins", "policies"]);
    return new BoundSet<T>(new Key(this.name, name, 0), this.#bind(options));
  }
}
