/**
 * Random commands with expressions: as filters, for the answer and into bins.
 *
 * Left out is what a server does not survive (the quotient of the smallest integer and -1), what differs from record to
 * record (digests, times) other than in a comparison, and GeoJSON in answers, which a server sends with its cells.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Choices } from "../support/random.ts";
import { ExpressionCalls } from "./expression-calls.ts";
import {
  ALL,
  BINS,
  COMMON,
  DOUBLES,
  integer,
  INTEGERS,
  LIST,
  MAP,
  PATTERNS,
  raw,
  SHAPES,
  TEXTS,
  type Type,
  TYPES,
} from "./expression-values.ts";
import { geoJson, INFINITE, type Item, Marked, pack, WILDCARD } from "./msgpack.ts";
import { INFO1, INFO2, type RawCommand, type RawOperation } from "./raw.ts";
import type { Sequence } from "./sequence.ts";

const OP = { READ: 1, WRITE: 2, EXP_READ: 7, EXP_MODIFY: 8, TOUCH: 11 } as const;
const BLOB = 4;
const BIN = 81n;
const COND = 123n;
const VARIABLE = 124n;
const LET = 125n;
const QUOTED = 126n;
const CALL = 127n;
const UNKNOWN: Item = [0n];
const INVERTED = 0x1_0000n;
const READ_FLAGS = [0n, 0n, 0n, 16n, 1n];
const MODIFY_FLAGS = [0n, 0n, 1n, 2n, 4n, 9n, 10n, 16n, 20n, 3n, 8n, 12n, 32n];

/** Makes the sequences of one seed. */
export class ExpressionSequences extends Choices {
  readonly #calls: ExpressionCalls;
  #variables: { name: string; type: Type }[] = [];

  constructor(seed: number) {
    super(seed);
    this.#calls = new ExpressionCalls(seed, LIST, MAP);
  }

  sequence(): Sequence {
    const bins = Object.keys(BINS).filter(() => this.below(4) > 0);
    const commands: RawCommand[] = [];
    if (!this.oneIn(12)) {
      const operations = (bins.length === 0 ? ["i"] : bins).map((bin): RawOperation => {
        const [, particle, data] = BINS[bin] as (typeof BINS)[string];
        return { op: OP.WRITE, particle, bin, data };
      });
      commands.push({ info: [0, INFO2.WRITE, 0], operations });
    }
    for (let left = 1 + this.below(4); left > 0; left--) commands.push(this.#command());
    return commands;
  }

  #many<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }

  #command(): RawCommand {
    const filter = this.oneIn(2) ? { filter: pack(this.#expression(this.oneIn(30) ? this.pick(ALL) : "bool")) } : {};
    if (this.oneIn(12)) return { info: [0, INFO2.WRITE | INFO2.DELETE, 0], operations: [], ...filter };
    const operations = this.#many(1, 3, () => this.#operation());
    const isWrite = operations.some(({ op }) => op !== OP.EXP_READ && op !== OP.READ);
    const isRead = operations.some(({ op }) => op === OP.EXP_READ || op === OP.READ);
    const answers = this.oneIn(3) ? INFO2.RESPOND_ALL : 0;
    return { info: [isRead ? INFO1.READ : 0, (isWrite ? INFO2.WRITE : 0) | answers, 0], operations, ...filter };
  }

  #operation(): RawOperation {
    if (this.oneIn(15)) return { op: OP.READ, particle: 0, bin: this.#bin(), data: Buffer.of() };
    if (this.oneIn(15)) return { op: OP.WRITE, particle: 1, bin: this.#bin(), data: integer(this.pick(INTEGERS)) };
    const isRead = this.below(5) > 1;
    const call: Item[] = [
      this.#expression(this.oneIn(20) ? "nil" : this.pick(COMMON)),
      this.pick(isRead ? READ_FLAGS : MODIFY_FLAGS),
    ];
    if (this.oneIn(80)) call.push(0n);
    const bin = isRead ? "result" : this.oneIn(2) ? this.#bin() : this.pick(["new", "z"]);
    return { op: isRead ? OP.EXP_READ : OP.EXP_MODIFY, particle: BLOB, bin, data: pack(call) };
  }

  #bin(): string {
    return this.oneIn(10) ? "z" : this.pick(Object.keys(BINS));
  }

  #expression(type: Type): Item {
    this.#variables = [];
    return this.#make(type, 1 + this.below(4));
  }

  /** An expression of a type, now and then of another. */
  #make(wanted: Type, depth: number): Item {
    const type = this.oneIn(60) ? this.pick(ALL) : wanted;
    const known = this.#variables.filter((variable) => variable.type === type);
    if (known.length > 0 && this.oneIn(2)) return [VARIABLE, raw(this.pick(known).name)];
    if (this.oneIn(40)) return type === "bool" || this.oneIn(4) ? UNKNOWN : this.#binOf(type);
    if (depth <= 0 || this.oneIn(6)) return this.oneIn(2) ? this.#literal(type) : this.#binOf(type);
    if (this.oneIn(8)) return this.#cond(type, depth - 1);
    if (this.oneIn(10)) return this.#let(type, depth - 1);
    const made = this.#operator(type, depth - 1);
    if (Array.isArray(made) && this.oneIn(100)) made.pop();
    return made;
  }

  #binOf(type: Type): Item {
    const fitting = Object.keys(BINS).filter((bin) => BINS[bin]?.[0] === type);
    return [BIN, TYPES[type], raw(this.oneIn(12) || fitting.length === 0 ? this.#bin() : this.pick(fitting))];
  }

  #literal(type: Type): Item {
    switch (type) {
      case "nil":
        return null;
      case "bool":
        return this.oneIn(2);
      case "int":
        return this.pick(INTEGERS);
      case "float":
        return this.pick(DOUBLES);
      case "str":
        return this.pick(TEXTS);
      case "blob":
        return this.pick([Buffer.of(), Buffer.of(1), Buffer.of(1, 2, 255)]);
      case "list":
        return [QUOTED, this.#many(0, 3, () => this.#element())];
      case "map": {
        const pairs = new Map(this.#many(0, 3, () => [this.pick<Item>([1n, 2n, "a", "b"]), this.#element()]));
        const sorted = new Map([...pairs].sort(([left], [right]) => Buffer.compare(pack(left), pack(right))));
        return this.oneIn(2) ? sorted : new Marked(1, sorted);
      }
    }
  }

  #element(): Item {
    if (this.oneIn(8)) return this.#many(0, 2, () => BigInt(this.below(4)));
    return this.oneIn(2) ? BigInt(this.below(4)) : this.pick<Item>(["a", 0.5, true, null, Buffer.of(1)]);
  }

  #cond(type: Type, depth: number): Item {
    const arms = this.#many(1, 2, () => [this.#make("bool", depth), this.#make(type, depth)]).flat();
    return [COND, ...arms, this.oneIn(4) ? UNKNOWN : this.#make(type, depth)];
  }

  #let(type: Type, depth: number): Item {
    const outer = this.#variables;
    const definitions = this.#many(1, 2, () => {
      const [of, name] = [this.pick(COMMON), this.pick(["x", "y", "v1"])];
      const value = this.#make(of, depth);
      this.#variables = [...this.#variables, { name, type: of }];
      return [raw(name), value];
    }).flat();
    const scope = this.#make(type, depth);
    this.#variables = outer;
    return [LET, ...definitions, scope];
  }

  #operator(type: Type, depth: number): Item {
    const of = (type: Type) => this.#make(type, depth);
    if (type !== "nil" && type !== "float" && this.oneIn(3)) {
      return this.#called(type, of);
    }
    switch (type) {
      case "nil":
        return null;
      case "bool":
        return this.#condition(depth);
      case "int":
        return this.#integer(depth);
      case "float":
        return this.pick<() => Item>([
          () => [BigInt(this.pick([20, 21, 22, 23, 50, 51])), ...this.#many(1, 3, () => of("float"))],
          () => [BigInt(this.pick([24, 25])), of("float"), of("float")],
          () => [BigInt(this.pick([27, 28, 29])), of("float")],
          () => [31n, of("int")],
        ])();
      case "str":
        return this.oneIn(4) ? [70n, 1n].slice(0, this.oneIn(20) ? 2 : 1) : this.#call("str", 19n, depth);
      case "blob":
        return this.#binOf("blob");
      case "list":
        return this.pick<() => Item>([
          () => [BigInt(this.pick([101, 102])), of("map")],
          () => this.#call("list", this.pick([24n, 22n, 25n]), depth),
          () => [CALL, TYPES.list, 0x40n, [1n, of(this.pick(["int", "str", "float"])), 0n, 0n], of("list")],
          () => [CALL, TYPES.list, 0x40n, [5n, of("int")], of("list")],
        ])();
      case "map":
        return [CALL, TYPES.map, 0x40n, [67n, this.pick<Item>(["a", 1n]), of("int"), 0n, 0n], of("map")];
    }
  }

  /** Any operation on a list, a map or bytes. */
  #called(type: Type, of: (type: Type) => Item): Item {
    if (type === "blob") return this.#calls.modifyBits(of("blob"));
    // Of what may be nothing, a server of 8.1.2.0 reads no bits but crashes.
    if (type === "int" && this.oneIn(4)) {
      return this.#calls.readBits(this.oneIn(2) ? this.#binOf("blob") : this.#literal("blob"));
    }
    if ((type === "list" || type === "map") && this.oneIn(2)) return this.#calls.modify(type, of);
    return this.#calls.read(TYPES[type], of);
  }

  #condition(depth: number): Item {
    const of = (type: Type) => this.#make(type, depth);
    return this.pick<() => Item>([
      () => {
        const type = this.oneIn(15) ? "nil" : this.pick(COMMON);
        return [BigInt(1 + this.below(6)), of(type), of(type)];
      },
      () => [BigInt(this.pick([16, 17, 19])), ...this.#many(2, 4, () => of("bool"))],
      () => [18n, of("bool")],
      () => [7n, BigInt(this.pick([0, 1, 2, 3, 4, 5])), raw(this.pick(PATTERNS)), of("str")],
      () => [8n, geoJson(this.pick(SHAPES)), geoJson(this.pick(SHAPES))],
      () => [9n, of(this.pick(["int", "str", "float", "bool", "list"])), of("list")],
      () => [BigInt(this.pick([71, 72]))],
      () => [BigInt(this.pick([3, 4])), [BigInt(this.pick([65, 66, 67, 68, 69, 73, 74]))], -1n],
      () => [1n, [64n, 1n], 0n],
      () => [2n, [82n, raw(this.#bin())], 0n],
      () => [1n, [80n, this.pick([2n, 3n, 6n])], this.pick<Item>([1n, "a"])],
    ])();
  }

  #integer(depth: number): Item {
    const of = (type: Type) => this.#make(type, depth);
    return this.pick<() => Item>([
      () => [BigInt(this.pick([20, 21, 22, 50, 51, 32, 33, 34])), ...this.#many(1, 3, () => of("int"))],
      // The divisor is none that a quotient could overflow with.
      () => [BigInt(this.pick([23, 26])), of("int"), this.pick([0n, 2n, 3n, 7n])],
      () => [BigInt(this.pick([27, 35, 39])), of("int")],
      () => [30n, of("float")],
      () => [BigInt(this.pick([36, 37, 38])), of("int"), of("int")],
      () => [BigInt(this.pick([40, 41])), of("int"), of("bool")],
      () => [82n, raw(this.#bin())],
      () => [CALL, TYPES.int, 0n, [16n], of("list")],
      () => [CALL, TYPES.int, 0n, [96n], of("map")],
      () => this.#call("int", this.pick([19n, 21n, 22n, 25n]), depth),
      () => [CALL, TYPES.int, 0n, [97n, 7n, this.pick<Item>(["a", "b", 1n])], of("map")],
      () => [CALL, TYPES.int, 0n, [0xffn, [0x22n, "b"], [16n]], of("map")],
    ])();
  }

  /** A selection from a list. */
  #call(type: Type, verb: bigint, depth: number): Item {
    const value = () => this.oneIn(20) ? this.pick([WILDCARD, INFINITE]) : this.#make(this.pick(["int", "str"]), depth);
    const index = () => this.oneIn(3) ? this.#make("int", depth) : BigInt(this.below(7) - 3);
    const returns = BigInt(this.pick(type === "int" ? [7, 7, 5, 1, 3] : [7, 7, 7, 1, 0])) |
      (this.oneIn(6) ? INVERTED : 0n);
    const rest = verb === 22n ? [value()] : verb === 25n ? [value(), value()] : [index()];
    return [CALL, TYPES[type], 0n, [verb, returns, ...rest], this.#make("list", depth)];
  }
}
