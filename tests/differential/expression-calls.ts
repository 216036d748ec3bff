/**
 * Random operations on lists, maps and bits as parts of expressions.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Choices } from "../support/random.ts";
import { BitSequences } from "./bits.ts";
import { CollectionSequences } from "./collections.ts";
import { INFINITE, type Item, Marked, pack, Packed, WILDCARD } from "./msgpack.ts";

/** A type as expressions number them: of what an operation answers, where that does not follow from what it is on. */
type Answered = "bool" | "int" | "list" | "map" | "any";

const CALL = 127n;
const QUOTED = 126n;
const IN_CONTEXT = 0xffn;
const MODIFIES = 0x40n;
const BITS = 1n;
const NUMBERS = { bool: 1n, int: 2n, list: 4n, map: 5n, blob: 6n } as const;
/** Selections of one element, which are not answered as a list. */
const SINGLE = [19n, 21n, 97n, 98n, 100n];
/** Reads that do not select. */
const PLAIN: Readonly<Record<string, Answered>> = { 16: "int", 17: "any", 18: "list", 96: "int" };
/** So often another operation is drawn when one does not answer what is wanted. */
const DRAWS = 12;

/** Makes operations of one seed, on values like these. */
export class ExpressionCalls extends Choices {
  readonly #collections: CollectionSequences;
  readonly #bits: BitSequences;
  readonly #list: Item;
  readonly #map: Item;

  constructor(seed: number, list: Item, map: Item) {
    super(seed);
    this.#collections = new CollectionSequences("nested", seed);
    this.#bits = new BitSequences(seed);
    this.#list = list;
    this.#map = map;
  }

  /** An operation that answers this type, or mostly so, on a list or map that `make` makes. */
  read(type: bigint, make: (kind: "list" | "map") => Item): Item {
    const kind = this.pick(["list", "map"] as const);
    let call = this.#call(kind, true);
    for (let left = DRAWS; left > 0 && !answers(call, type); left--) call = this.#call(kind, true);
    return [CALL, type, 0n, this.#placed(kind, call), make(kind)];
  }

  /** An operation that changes a list or map. */
  modify(kind: "list" | "map", make: (kind: "list" | "map") => Item): Item {
    return [CALL, NUMBERS[kind], MODIFIES, this.#placed(kind, this.#call(kind, false)), make(kind)];
  }

  /** An operation that reads a number from bytes. */
  readBits(bytes: Item): Item {
    return [CALL, NUMBERS.int, BITS, this.#bits.call(true), bytes];
  }

  /** An operation that changes bytes. */
  modifyBits(bytes: Item): Item {
    return [CALL, NUMBERS.blob, MODIFIES | BITS, this.#bits.call(false).map(operand), bytes];
  }

  #call(kind: "list" | "map", isRead: boolean): Item[] {
    return this.#collections.call(kind === "map", isRead, kind === "map" ? this.#map : this.#list);
  }

  /** An operation as it is packed, now and then on what is within the value. */
  #placed(kind: "list" | "map", [verb, ...rest]: readonly Item[]): Item {
    const call = [verb as Item, ...rest.map(operand)];
    if (!this.oneIn(5)) return call;
    return [IN_CONTEXT, kind === "map" ? [0x22n, this.pick(["a", "b"])] : [0x10n, this.pick([0n, -1n])], call];
  }
}

function answers([verb, returns]: readonly Item[], type: bigint): boolean {
  const answered = PLAIN[`${verb}`] ?? selected(verb as bigint, returns as bigint);
  return answered === "any" || answered !== undefined && NUMBERS[answered] === type;
}

function selected(verb: bigint, returns: bigint): Answered | undefined {
  const part = typeof returns === "bigint" ? Number(BigInt.asUintN(16, returns)) : 0;
  if (part === 5) return "int";
  if (part === 13) return "bool";
  if (part === 8 || part > 13) return "map";
  if (part === 0) return undefined;
  return !SINGLE.includes(verb) ? "list" : part < 5 ? "int" : "any";
}

/** An argument as an expression: lists are quoted, the keys of maps in order, and no GeoJSON, which a server stores anew. */
function operand(item: Item): Item {
  return Array.isArray(item) ? [QUOTED, plain(item)] : plain(item);
}

function plain(item: Item): Item {
  if (item instanceof Packed) return item === WILDCARD || item === INFINITE ? item : 1n;
  if (Array.isArray(item)) return item.map(plain);
  if (!(item instanceof Map) || item instanceof Marked) return item;
  const pairs = [...item as Map<Item, Item>].map(([key, value]): [Item, Item] => [key, plain(value)]);
  return new Map(pairs.sort(([left], [right]) => Buffer.compare(pack(left), pack(right))));
}
