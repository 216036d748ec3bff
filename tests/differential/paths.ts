/**
 * Random operations along paths, alone, within expressions, and with the steps of paths where no operation takes them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Choices } from "../support/random.ts";
import { INFINITE, type Item, Marked, pack, Packed } from "./msgpack.ts";
import { INFO1, INFO2, type RawCommand, type RawOperation } from "./raw.ts";
import type { Sequence } from "./sequence.ts";

const OP = { READ: 1, WRITE: 2, CDT_READ: 3, CDT_MODIFY: 4, EXP_READ: 7, EXP_MODIFY: 8 } as const;
const PARTICLE = { INTEGER: 1, BLOB: 4, MAP: 19, LIST: 20 } as const;
const PATH = 0xfen;
const IN_CONTEXT = 0xffn;
const CHILDREN = 4n;
const NARROWS = 0x204n;
const KEYS_IN = 0x2an;
const [ELEMENT, QUOTED, CALL, REMOVE] = [122n, 126n, 127n, 100n];
const [COND, BIN] = [123n, 81n];
const TYPES = { nil: 0n, bool: 1n, int: 2n, str: 3n, list: 4n, map: 5n, blob: 6n, float: 7n } as const;
type Type = keyof typeof TYPES;
const [KEY, VALUE, INDEX] = [0n, 1n, 2n];

const KEYS: readonly Item[] = ["a", "b", "c", 1n, 2n, -3n, Buffer.of(1)];
const SCALARS: readonly Item[] = [0n, 1n, 2n, 5n, 7n, "x", "y", "", 0.5, -2.5, true, false, null, Buffer.of(1, 2)];

/** Without bytes, which a server keeps in the form in which an expression has them. */
const PLAIN: readonly Item[] = SCALARS.filter((item) => !(item instanceof Uint8Array));

/** Makes the sequences of one seed. */
export class PathSequences extends Choices {
  sequence(): Sequence {
    const start = this.oneIn(20) ? this.pick(SCALARS) : this.#collection(3);
    const commands: RawCommand[] = [];
    if (!this.oneIn(20)) {
      const operations = [write("v", this.oneIn(30) ? 5n : start), write("i", 2n)];
      commands.push({ info: [0, INFO2.WRITE, 0], operations });
    }
    for (let left = 1 + this.below(3); left > 0; left--) commands.push(this.#command(start));
    return commands;
  }

  #many<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }

  #collection(depth: number): Item {
    const value = () => depth > 0 && this.oneIn(2) ? this.#collection(depth - 1) : this.pick(SCALARS);
    if (this.oneIn(2)) {
      // Without an order: of a change on its way into an ordered list, a server of 8.1.2.0 crashes.
      return this.#many(0, 4, value);
    }
    const keys = [...new Set(this.#many(0, 4, () => this.pick(KEYS)))];
    const sorted = keys.sort((left, right) => rank(left) - rank(right) || Buffer.compare(order(left), order(right)));
    const map = new Map(sorted.map((key) => [key, value()]));
    return this.oneIn(3) ? map : new Marked(this.oneIn(5) ? 3 : 1, map);
  }

  #command(start: Item): RawCommand {
    const operations = this.#many(1, 2, () => this.#operation(start));
    if (this.oneIn(6)) operations.push({ op: OP.READ, particle: 0, bin: "v", data: Buffer.of() });
    const isWrite = operations.some(({ op }) => op === OP.CDT_MODIFY || op === OP.EXP_MODIFY);
    const isRead = operations.some(({ op }) => op !== OP.CDT_MODIFY && op !== OP.EXP_MODIFY);
    const answers = this.oneIn(3) ? 0 : INFO2.RESPOND_ALL;
    return { info: [isRead ? INFO1.READ : 0, (isWrite ? INFO2.WRITE : 0) | answers, 0], operations };
  }

  #operation(start: Item): RawOperation {
    const isWrite = this.oneIn(2);
    if (this.oneIn(5)) return this.#expression(start, isWrite);
    if (this.oneIn(12)) return this.#unsuited(start, isWrite);
    const op = (this.oneIn(40) ? !isWrite : isWrite) ? OP.CDT_MODIFY : OP.CDT_READ;
    return { op, particle: PARTICLE.BLOB, bin: "v", data: pack(this.#call(start, isWrite)) };
  }

  #call(start: Item, isWrite: boolean): Item[] {
    const call: Item[] = [PATH, this.#path(start, false), this.#flags(isWrite)];
    if (isWrite) call.push(this.#change());
    if (this.oneIn(100)) call.push(0n);
    if (this.oneIn(100)) call.pop();
    return call;
  }

  #flags(isWrite: boolean): bigint {
    const noFail = this.oneIn(3) ? 0x10n : 0n;
    if (this.oneIn(60)) return this.pick([4n, 5n, 6n, 7n, 8n, 0x20n, 0x24n, -1n, 0x100n]);
    return (isWrite ? 4n : this.pick([0n, 0n, 1n, 1n, 1n, 2n, 3n])) | noFail;
  }

  /** A path within an expression, as the answer or into a bin. */
  #expression(start: Item, isWrite: boolean): RawOperation {
    const inner = unmarked(start);
    const isMap = inner instanceof Map;
    const of = this.oneIn(15) ? !isMap : isMap;
    const source: Item = [BIN, of ? TYPES.map : TYPES.list, raw("v")];
    const changes = this.oneIn(2);
    const given = changes ? (of ? "map" : "list") : "list";
    const type = this.oneIn(5) ? this.pick(Object.keys(TYPES) as Type[]) : given;
    const call: Item = [CALL, TYPES[type], changes ? 0x40n : 0n, this.#call(start, changes), source];
    const flags = this.pick([0n, 0n, 16n]);
    return isWrite
      ? { op: OP.EXP_MODIFY, particle: PARTICLE.BLOB, bin: this.pick(["v", "w"]), data: pack([call, flags]) }
      : { op: OP.EXP_READ, particle: PARTICLE.BLOB, bin: "r", data: pack([call, flags]) };
  }

  /** An operation on a list or map with the steps of a path before it. */
  #unsuited(start: Item, isWrite: boolean): RawOperation {
    const call = isWrite
      ? this.pick<Item>([[1n, 7n], [67n, "a", 7n], [11n], [75n]])
      : this.pick<Item>([[16n], [96n], [19n, 7n, 0n]]);
    const data = pack([IN_CONTEXT, this.#path(start, true), call]);
    return { op: isWrite ? OP.CDT_MODIFY : OP.CDT_READ, particle: PARTICLE.BLOB, bin: "v", data };
  }

  /** Steps that mostly lead somewhere; `asBytes` says that filters stand as bytes rather than as expressions. */
  #path(start: Item, asBytes: boolean): Item[] {
    const steps: Item[] = [];
    const filter = (item: Item): Item => {
      const bytes = pack(item);
      return asBytes ? new Packed(Buffer.concat([Buffer.of(0xc4, bytes.length), bytes])) : item;
    };
    let target: Item | undefined = start;
    while (steps.length < 10) {
      const children = childrenOf(target);
      const [tag, by] = this.#step(target, steps.length === 0);
      steps.push(tag, tag === CHILDREN ? filter(by) : by);
      // Behind an index or a rank of a map, a server of 8.1.2.0 answers what is not there, and asked for the key it crashes.
      const narrows = tag === 0x20n || tag === 0x21n ? Infinity : tag === CHILDREN ? 30 : 4;
      while (this.oneIn(steps.at(-2) === NARROWS ? 30 : narrows)) {
        steps.push(NARROWS, filter(this.#condition(children, tag !== 0x23n)));
      }
      const collections = children.filter((child) => childrenOf(child).length > 0);
      target = collections.length > 0 ? this.pick(collections) : this.pick([...children, 1n]);
      if (collections.length === 0 ? !this.oneIn(15) : this.oneIn(3)) break;
    }
    if (this.oneIn(80)) steps.pop();
    if (this.oneIn(80)) steps.unshift(NARROWS, filter(this.#condition([])));
    if (!asBytes && this.oneIn(150)) return [];
    return steps;
  }

  #step(target: Item | undefined, isFirst: boolean): [bigint, Item] {
    const inner = target === undefined ? undefined : unmarked(target);
    const children = childrenOf(target);
    if (this.oneIn(3)) return [CHILDREN, true];
    if (this.oneIn(3)) return [CHILDREN, this.#condition(children)];
    const isMap = this.oneIn(25) ? this.oneIn(2) : inner instanceof Map;
    // Ranks, and indexes of maps, are often code 1 on a server of 8.1.2.0 behind another step and over lists and maps.
    // Which of equal items has a rank is its choice too.
    const isFlat = isFirst && !children.some((child) => ["list", "map"].includes(typeOf(child)));
    const isDistinct = new Set(children).size === children.length;
    const positions = isMap
      ? (isFlat && isDistinct ? [0x20n, 0x21n] : [])
      : isFlat && isDistinct
      ? [0x10n, 0x11n]
      : [0x10n];
    const value = (): Item => children.length > 0 && !this.oneIn(5) ? this.pick(children) : this.pick(SCALARS);
    const position = BigInt(this.oneIn(30) ? 2 ** 40 : this.below(7) - 3);
    if (!isMap) {
      return this.pick<[bigint, Item]>([...positions.map((tag): [bigint, Item] => [tag, position]), [0x13n, value()]]);
    }
    const keys = inner instanceof Map ? [...inner.keys()] as Item[] : KEYS;
    const key = (): Item =>
      keys.length > 0 && !this.oneIn(5)
        ? this.pick(keys)
        : this.oneIn(20)
        ? this.pick<Item>([null, 0.5, []])
        : this.pick(KEYS);
    return this.pick<[bigint, Item]>([
      [0x22n, key()],
      [0x22n, key()],
      [KEYS_IN, this.#many(0, 3, key)],
      [KEYS_IN, this.oneIn(20) ? key() : this.#many(1, 3, key)],
      ...positions.map((tag): [bigint, Item] => [tag, position]),
      [0x23n, value()],
    ]);
  }

  /** A condition that is often about what the children are. */
  #condition(children: readonly Item[], hasKey = true): Item {
    if (this.oneIn(40)) return this.pick<Item>([true, false, 1n, null, [0n], "x", [ELEMENT, TYPES.bool, VALUE]]);
    if (this.oneIn(8)) return [18n, this.#condition(children, hasKey)];
    if (this.oneIn(8)) {
      return [BigInt(this.pick([16, 17])), this.#condition(children, hasKey), this.#condition(children, hasKey)];
    }
    const comparison = BigInt(1 + this.below(6));
    if (this.oneIn(4)) return [comparison, part("int", INDEX), BigInt(this.below(4))];
    if (hasKey && this.oneIn(4)) {
      const key = this.pick(KEYS);
      return [comparison, part(typeOf(key), KEY), key];
    }
    if (this.oneIn(8)) return [comparison, [BIN, TYPES.int, raw("i")], part("int", this.pick([VALUE, INDEX]))];
    if (this.oneIn(5)) {
      const isMap = this.oneIn(2);
      const size: Item = [CALL, TYPES.int, 0n, [isMap ? 96n : 16n], part(isMap ? "map" : "list", VALUE)];
      return [comparison, size, BigInt(this.below(3))];
    }
    const scalars = children.filter((child) => childrenOf(child).length === 0 && !(unmarked(child) instanceof Map));
    const value = scalars.length > 0 && !this.oneIn(4) ? this.pick(scalars) : this.pick(SCALARS);
    const literal: Item = Array.isArray(unmarked(value)) ? [QUOTED, []] : value;
    return [comparison, part(typeOf(value), VALUE), literal];
  }

  /** What is put in place of a value. */
  #change(): Item {
    if (this.oneIn(60)) return this.pick<Item>([[0n], [ELEMENT, 12n, VALUE], [ELEMENT, TYPES.int, 5n], INFINITE]);
    return this.pick<() => Item>([
      () => [REMOVE],
      () => this.pick(SCALARS),
      () => [20n, part("int", VALUE), 1n],
      () => [20n, part("int", INDEX), 10n],
      () => part(this.pick(["str", "int"]), KEY),
      () => [QUOTED, this.#many(0, 2, () => this.pick(PLAIN))],
      () => new Map<Item, Item>([["n", 1n]]),
      () => [CALL, TYPES.list, 0x40n, [1n, 9n], part("list", VALUE)],
      () => [CALL, TYPES.int, 0n, [this.pick([16n, 96n])], part(this.pick(["list", "map"]), VALUE)],
      () => [COND, this.#condition([]), this.pick(SCALARS), this.oneIn(2) ? [0n] : [REMOVE]],
      () => [COND, this.#condition([]), 1n, part("int", VALUE)],
      () => [BIN, TYPES.int, raw("i")],
    ])();
  }
}

function part(type: Type, what: bigint): Item {
  return [ELEMENT, TYPES[type], what];
}

function typeOf(item: Item): Type {
  const value = unmarked(item);
  if (value === null) return "nil";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float";
  if (typeof value === "string") return "str";
  if (value instanceof Uint8Array) return "blob";
  return value instanceof Map ? "map" : "list";
}

function unmarked(item: Item): Item {
  return item instanceof Marked ? item.value : item;
}

function childrenOf(item: Item | undefined): readonly Item[] {
  const value = item === undefined ? undefined : unmarked(item);
  if (value instanceof Map) return [...value.values()] as Item[];
  return Array.isArray(value) ? value as Item[] : [];
}

/** The order of keys: integers, texts, bytes. */
function rank(key: Item): number {
  return typeof key === "bigint" ? 0 : typeof key === "string" ? 1 : 2;
}

function order(key: Item): Buffer {
  if (typeof key !== "bigint") return Buffer.from(key as string | Uint8Array);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, key + 2n ** 63n));
  return bytes;
}

/** Text without a particle type. */
function raw(text: string): Packed {
  const bytes = Buffer.from(text);
  return new Packed(Buffer.concat([Buffer.of(0xa0 | bytes.length), bytes]));
}

function write(bin: string, item: Item): RawOperation {
  const value = unmarked(item);
  if (typeof value === "bigint") {
    const data = Buffer.alloc(8);
    data.writeBigInt64BE(value);
    return { op: OP.WRITE, particle: PARTICLE.INTEGER, bin, data };
  }
  if (value instanceof Map) return { op: OP.WRITE, particle: PARTICLE.MAP, bin, data: pack(item) };
  if (Array.isArray(value)) return { op: OP.WRITE, particle: PARTICLE.LIST, bin, data: pack(item) };
  return { op: OP.WRITE, particle: PARTICLE.BLOB, bin, data: Buffer.from("bytes") };
}
