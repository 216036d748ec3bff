/**
 * Random sequences of list and map operations.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Choices } from "../support/random.ts";
import { type Argument, LIST_READS, LIST_WRITES, MAP_READS, MAP_WRITES, type Verb } from "./collection-verbs.ts";
import { geoJson, INFINITE, type Item, pack, WILDCARD } from "./msgpack.ts";
import { INFO1, INFO2, type RawCommand, type RawOperation } from "./raw.ts";
import type { Sequence } from "./sequence.ts";

const OP = { READ: 1, WRITE: 2, CDT_READ: 3, CDT_MODIFY: 4 } as const;
const PARTICLE = { INTEGER: 1, STRING: 3, BLOB: 4, MAP: 19, LIST: 20 } as const;
const WITH_PATH = 0xffn;
const INVERTED = 0x1_0000n;
const PERSIST = 0x10n;

const RETURNS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17];
const POOL: readonly Item[] = [
  ...[0n, 1n, 2n, 3n, 3n, 4n, -1n, 200n, -40n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)],
  ...["", "a", "b", "b", "key", "x".repeat(40), null, true, false, 0.5, 1, -0, 2.5, -1e300],
  ...[Buffer.of(), Buffer.of(1, 2), Buffer.alloc(40, 7), geoJson('{"type":"Point","coordinates":[1,2]}')],
];
const FAR = [2n ** 31n, -(2n ** 31n), 2n ** 62n, -(2n ** 62n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, 2n ** 64n - 1n];
const NO_ORDERS = [2n, 4n, 5n, 32n, 256n, 257n, -1n, 2n ** 62n];
const KEYS: readonly Item[] = [0n, 1n, 2n, 3n, -1n, 300n, "a", "b", "c", "key", "", Buffer.of(1)];

/** What a family's sequences begin with and mostly work on. */
export type Family = "list" | "map" | "nested";

/** Makes the sequences of one seed. */
export class CollectionSequences extends Choices {
  readonly #family: Family;
  /**
   * A bit of orders that keep an index. Sequences with it have no paths and drop no duplicates: a server of 8.1.2.0 would
   * crash.
   */
  #persists = 0n;

  constructor(family: Family, seed: number) {
    super(seed);
    this.#family = family;
  }

  sequence(): Sequence {
    this.#persists = this.#family !== "nested" && this.oneIn(3) ? PERSIST : 0n;
    const start = this.#start();
    const commands: RawCommand[] = [];
    if (start !== undefined) {
      const [particle, data] = inBin(start);
      commands.push({
        info: [0, INFO2.WRITE, 0],
        operations: [{ op: OP.WRITE, particle, bin: "v", data }, ...this.#other()],
      });
    }
    if (this.oneIn(2)) commands.push(this.#write([this.#setOrder(start)]));
    for (let left = 1 + this.below(5); left > 0; left--) commands.push(this.#command(start));
    return commands;
  }

  #many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  #start(): Item | undefined {
    if (this.oneIn(8)) return undefined;
    if (this.oneIn(30)) return this.pick(["text", 5n, Buffer.of(1)]);
    const depth = this.#family === "nested" ? 3 : this.oneIn(3) ? 1 : 0;
    const isMap = this.#family === "nested" ? this.oneIn(2) : this.#family === "map";
    return isMap ? this.#map(depth) : this.#list(depth);
  }

  /** A second bin keeps the record alive and must stay as it is. */
  #other(): RawOperation[] {
    return this.oneIn(2) ? [{ op: OP.WRITE, particle: PARTICLE.STRING, bin: "other", data: Buffer.from("x") }] : [];
  }

  #list(depth: number): Item[] {
    const items = this.#many(this.oneIn(20) ? 40 : 6, () => this.#value(depth));
    // Many lists hold one type, as users' do.
    return this.oneIn(3) ? items.map((item) => typeof item === "bigint" ? item : BigInt(this.below(6))) : items;
  }

  #map(depth: number): Map<Item, Item> {
    const pairs = new Map<Item, Item>();
    for (const key of this.#many(this.oneIn(20) ? KEYS.length : 6, () => this.pick(KEYS))) {
      pairs.set(key, this.#value(depth));
    }
    return pairs;
  }

  #value(depth: number): Item {
    if (depth > 0 && this.below(3) > 0) return this.oneIn(2) ? this.#list(depth - 1) : this.#map(depth - 1);
    return this.oneIn(2) ? BigInt(this.below(6)) : this.pick(POOL);
  }

  #command(start: Item | undefined): RawCommand {
    const operations = [this.#operation(start)];
    while (this.oneIn(3)) operations.push(this.#operation(start));
    if (this.oneIn(10)) operations.push({ op: OP.READ, particle: 0, bin: "v", data: Buffer.of() });
    if (operations.every(({ op }) => op === OP.CDT_READ || op === OP.READ)) {
      return { info: [INFO1.READ, this.oneIn(4) ? INFO2.RESPOND_ALL : 0, 0], operations };
    }
    return this.#write(operations);
  }

  #write(operations: readonly RawOperation[]): RawCommand {
    const reads = operations.some(({ op }) => op === OP.CDT_READ || op === OP.READ);
    return { info: [reads ? INFO1.READ : 0, INFO2.WRITE | (this.oneIn(4) ? 0 : INFO2.RESPOND_ALL), 0], operations };
  }

  #operation(start: Item | undefined): RawOperation {
    const { path, target } = this.#path(start);
    const isMap = this.oneIn(25)
      ? this.oneIn(2)
      : target === undefined
      ? this.#family === "map"
      : target instanceof Map;
    const isRead = this.oneIn(2);
    return operation(isRead ? OP.CDT_READ : OP.CDT_MODIFY, path, this.call(isMap, isRead, target));
  }

  /** An operation's number and arguments, for a list or map that is often like `target`. */
  call(isMap: boolean, isRead: boolean, target: Item | undefined): Item[] {
    const verb = this.pick(isMap ? (isRead ? MAP_READS : MAP_WRITES) : isRead ? LIST_READS : LIST_WRITES);
    return [BigInt(verb[0]), ...this.#arguments(verb, target)];
  }

  #setOrder(start: Item | undefined): RawOperation {
    const { path, target } = this.#path(start);
    const isMap = target === undefined ? this.#family === "map" : target instanceof Map;
    const order = isMap && this.#persists === 0n ? this.pick([1n, 3n]) : 1n;
    return operation(OP.CDT_MODIFY, path, [isMap ? 64n : 0n, order | this.#persists]);
  }

  /** A path that mostly leads to a list or map. */
  #path(start: Item | undefined): { path: Item[]; target: Item | undefined } {
    const walked = this.#walk(start);
    return walked.target instanceof Map || Array.isArray(walked.target) || this.oneIn(3) ? walked : this.#walk(start);
  }

  /** A path into the value that the sequence starts with, as far as that goes, and what it leads to at first. */
  #walk(start: Item | undefined): { path: Item[]; target: Item | undefined } {
    const path: Item[] = [];
    let target = start;
    if (this.#persists !== 0n) return { path, target };
    const [go, of] = this.#family === "nested" ? [3, 4] : [1, 8];
    while (path.length < 8 && this.below(of) < go) {
      const create = this.oneIn(4) ? this.pick([0x40n, 0x80n, 0xc0n]) : 0n;
      if (target instanceof Map && target.size > 0 && !this.oneIn(10)) {
        const [key, value] = this.#child([...target as Map<Item, Item>], ([, value]) => value);
        const step = this.pick<[bigint, Item]>([
          [0x22n, key],
          [0x22n, key],
          [0x22n, key],
          [0x23n, value],
          [0x20n, this.#index()],
          [0x21n, this.#index()],
        ]);
        path.push(...creating(step, create));
        target = step[0] === 0x22n || step[0] === 0x23n ? value : undefined;
      } else if (Array.isArray(target) && target.length > 0 && !this.oneIn(10)) {
        const [index, value] = this.#child([...target.entries()] as [number, Item][], ([, value]) => value);
        const step = this.pick<[bigint, Item]>([
          [0x10n, BigInt(index)],
          [0x10n, BigInt(index)],
          [0x10n, BigInt(index)],
          [0x13n, value],
          [0x10n, this.#index()],
          [0x11n, this.#index()],
        ]);
        path.push(...creating(step, create));
        target = step[0] === 0x11n ? undefined : value;
      } else {
        const tag = this.pick([0x10n, 0x10n, 0x11n, 0x13n, 0x20n, 0x21n, 0x22n, 0x22n, 0x22n, 0x23n]);
        const isPosition = [0x10n, 0x11n, 0x20n, 0x21n].includes(tag);
        path.push(...creating([tag, isPosition && !this.oneIn(40) ? this.#index() : this.pick(KEYS)], create));
        target = undefined;
      }
      if (this.oneIn(2)) break;
    }
    return { path, target };
  }

  /** Mostly one that a path can go on from. */
  #child<T>(from: readonly T[], value: (child: T) => Item): T {
    const collections = from.filter((child) => value(child) instanceof Map || Array.isArray(value(child)));
    return this.pick(collections.length > 0 && !this.oneIn(8) ? collections : from);
  }

  #arguments(verb: Verb, target: Item | undefined): Item[] {
    const made: Item[] = [];
    for (const argument of verb.slice(1) as Argument[]) {
      if (argument.endsWith("?") && this.oneIn(3)) break;
      made.push(
        this.oneIn(150) && argument !== "sortFlags?" ? this.pick(POOL) : this.#argument(argument, target),
      );
    }
    if (this.oneIn(60)) made.push(this.pick(POOL));
    if (this.oneIn(60)) made.pop();
    return made;
  }

  #argument(argument: Argument, target: Item | undefined): Item {
    switch (argument) {
      case "value":
        return this.#wanted(target);
      case "values":
        return this.#many(4, () => this.#wanted(target));
      case "anyOf":
        // Not none: asked for all others, a server of 8.1.2.0 crashes; so it does for keys.
        // And no wildcard, which a server does not find in all places among others.
        return [this.#wanted(target), ...this.#many(3, () => this.#wanted(target))].map(notWild);
      case "pairs":
        return this.#map(1);
      case "key":
        return this.#key(target);
      case "keys":
        return [this.#key(target), ...this.#many(3, () => this.#key(target))].map(notWild);
      case "index":
        return this.oneIn(30) ? this.pick(FAR) : this.#index();
      case "place":
        return this.#index();
      case "count?":
      case "count":
        return this.oneIn(12) ? -1n : BigInt(this.below(5));
      case "end?":
        return this.oneIn(5) ? INFINITE : this.#wanted(target);
      case "keyEnd?":
        return this.oneIn(5) ? INFINITE : this.#key(target);
      case "delta?":
        return this.pick<Item>([1n, 2n, -3n, 0.5, 2n ** 63n - 1n, "a", null]);
      case "returns":
        return BigInt(this.pick(RETURNS)) | (this.oneIn(4) ? INVERTED : 0n);
      case "listOrder":
      case "listOrder?":
        return this.oneIn(40) ? this.pick(NO_ORDERS) : this.pick([0n, 0n, 1n]) | this.#persists;
      case "mapOrder":
      case "mapOrder?":
        if (this.#persists !== 0n) return PERSIST | 1n;
        return this.oneIn(40) ? this.pick(NO_ORDERS) : this.pick([0n, 1n, 1n, 3n]);
      case "listFlags?":
        return BigInt(this.oneIn(40) ? 16 : this.below(16));
      case "mapFlags?":
        // Create only or update only, but not both.
        return BigInt(this.oneIn(40) ? 16 : this.pick([0, 1, 2]) + this.pick([0, 4, 8, 12]));
      case "sortFlags?":
        return BigInt(this.#persists === 0n ? this.below(5) : this.below(2));
    }
  }

  /** A value that is often one of the target's. */
  #wanted(target: Item | undefined): Item {
    if (this.oneIn(30)) return this.pick([WILDCARD, INFINITE, [WILDCARD], [1n, WILDCARD]]);
    const values = target instanceof Map ? [...target.values()] : Array.isArray(target) ? target : [];
    return values.length > 0 && this.oneIn(2) ? this.pick(values) as Item : this.#value(1);
  }

  #key(target: Item | undefined): Item {
    if (this.oneIn(30)) return this.pick<Item>([INFINITE, WILDCARD, null, 0.5, true, []]);
    const keys = target instanceof Map ? [...target.keys()] : [];
    return keys.length > 0 && this.oneIn(2) ? this.pick(keys) as Item : this.pick(KEYS);
  }

  #index(): bigint {
    return BigInt(this.oneIn(30) ? this.pick([100, -100]) : this.below(9) - 4);
  }
}

function notWild(item: Item): Item {
  return item === WILDCARD || Array.isArray(item) && item.includes(WILDCARD) ? INFINITE : item;
}

/**
 * A step with the bits of what it creates, where clients let it create: by key, and by index from the first item on. Of
 * others, a server of 8.1.2.0 crashes.
 */
function creating([tag, value]: readonly [bigint, Item], create: bigint): [bigint, Item] {
  const creates = tag === 0x22n || tag === 0x10n && typeof value === "bigint" && value >= 0n;
  return [creates ? tag | create : tag, value];
}

function operation(op: number, path: readonly Item[], call: Item[]): RawOperation {
  const data = pack(path.length === 0 ? call : [WITH_PATH, path, call]);
  return { op, particle: PARTICLE.BLOB, bin: "v", data };
}

function inBin(value: Item): [number, Uint8Array] {
  if (value instanceof Map) return [PARTICLE.MAP, pack(value)];
  if (Array.isArray(value)) return [PARTICLE.LIST, pack(value)];
  if (typeof value === "string") return [PARTICLE.STRING, Buffer.from(value)];
  if (value instanceof Uint8Array) return [PARTICLE.BLOB, value];
  const data = Buffer.alloc(8);
  data.writeBigInt64BE(value as bigint);
  return [PARTICLE.INTEGER, data];
}
