/**
 * Random sequences of HyperLogLog operations.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Choices } from "../support/random.ts";
import { type Item, pack, Packed } from "./msgpack.ts";
import { INFO2, type RawCommand, type RawOperation } from "./raw.ts";
import { randomCommand } from "./random-command.ts";
import type { Sequence } from "./sequence.ts";

const OP = { WRITE: 2, HLL_READ: 15, HLL_MODIFY: 16 } as const;
const PARTICLE = { INTEGER: 1, STRING: 3, BLOB: 4, HLL: 18 } as const;

type Argument = "values" | "sketches" | "indexBits" | "minhashBits" | "flags";

/** Every verb with its arguments; so many of them may be absent. */
type Verb = readonly [verb: number, optional: number, ...Argument[]];

const WRITES: readonly Verb[] = [
  [0, 3, "indexBits", "minhashBits", "flags"],
  [1, 3, "values", "indexBits", "minhashBits", "flags"],
  [1, 3, "values", "indexBits", "minhashBits", "flags"],
  [2, 1, "sketches", "flags"],
  [3, 0],
  [4, 0, "indexBits"],
];
const READS: readonly Verb[] = [
  [50, 0],
  ...[51, 52, 53, 54].map((verb): Verb => [verb, 0, "sketches"]),
  [55, 0],
  [56, 0, "values"],
];
const INDEX_BITS = [4, 4, 5, 6, 8];
const MINHASH_BITS = [0, 0, 4, 20, 51];
const ODD: readonly Item[] = [null, true, 0.5, "a", [], [[1n]], 2n ** 40n, 2n ** 64n - 1n, -2n, Buffer.of(1)];

/** Makes the sequences of one seed. */
export class SketchSequences extends Choices {
  sequence(): Sequence {
    const commands: RawCommand[] = [];
    if (this.oneIn(2)) {
      const [particle, data] = this.#start();
      commands.push({
        info: [0, INFO2.WRITE, 0],
        operations: [
          { op: OP.WRITE, particle, bin: "v", data },
          // A second bin keeps the record alive and must stay as it is.
          ...(this.oneIn(2) ? [{ op: OP.WRITE, particle: PARTICLE.STRING, bin: "other", data: Buffer.from("x") }] : []),
        ],
      });
    }
    for (let left = 1 + this.below(5); left > 0; left--) {
      commands.push(randomCommand(this, OP.HLL_MODIFY, () => this.#operation()));
    }
    return commands;
  }

  #start(): [number, Uint8Array] {
    if (this.oneIn(20)) return [PARTICLE.STRING, Buffer.from("text")];
    if (this.oneIn(20)) return [PARTICLE.INTEGER, Buffer.alloc(8, 1)];
    return [PARTICLE.HLL, this.#sketch()];
  }

  /** A sketch whose registers are as values would make them, and are often those of others. */
  #sketch(): Buffer {
    const [indexBits, minhashBits] = [this.pick(INDEX_BITS), this.pick(MINHASH_BITS)];
    const width = BigInt(6 + minhashBits);
    const filled = this.pick([0, 0.1, 0.5, 1]);
    let registers = 0n;
    for (let index = 0; index < 1 << indexBits; index++) {
      registers <<= width;
      if (this.next() >= filled) continue;
      const rank = BigInt(1 + Math.min(62, Math.floor(-Math.log2(this.next() || 1))));
      registers |= (rank << BigInt(minhashBits)) | (BigInt(this.below(3)) & ((1n << BigInt(minhashBits)) - 1n));
    }
    const bits = (1 << indexBits) * Number(width);
    const length = Math.ceil(bits / 8);
    registers <<= BigInt(length * 8 - bits);
    const header = Buffer.alloc(11);
    header.set([0, indexBits, minhashBits]);
    if (this.oneIn(8)) header[3] = this.below(256);
    return Buffer.concat([header, Buffer.from(registers.toString(16).padStart(length * 2, "0"), "hex")]);
  }

  #operation(): RawOperation {
    const isRead = this.oneIn(2);
    const [verb, optional, ...kinds] = this.pick(isRead ? READS : WRITES);
    const given = kinds.slice(0, kinds.length - (this.oneIn(3) ? this.below(optional + 1) : 0));
    const made = given.map((kind) => this.oneIn(80) ? this.pick(ODD) : this.#argument(kind));
    if (this.oneIn(60)) made.push(this.pick(ODD));
    if (this.oneIn(60)) made.pop();
    const call = [BigInt(this.oneIn(100) ? this.below(60) : verb), ...made];
    return { op: isRead ? OP.HLL_READ : OP.HLL_MODIFY, particle: PARTICLE.BLOB, bin: "v", data: pack(call) };
  }

  #argument(kind: Argument): Item {
    switch (kind) {
      case "values":
        return Array.from({ length: this.below(this.oneIn(4) ? 200 : 5) }, () => this.#value());
      case "sketches":
        return Array.from({ length: this.oneIn(20) ? 0 : 1 + this.below(3) }, () => packedSketch(this.#sketch()));
      case "indexBits":
        return BigInt(this.oneIn(4) ? this.below(19) - 2 : this.pick(INDEX_BITS));
      case "minhashBits":
        return BigInt(this.oneIn(6) ? this.below(54) - 2 : this.pick([-1, ...MINHASH_BITS]));
      case "flags":
        return this.oneIn(2) ? 0n : BigInt(this.below(17));
    }
  }

  #value(): Item {
    if (this.oneIn(2)) return BigInt(this.below(400));
    return this.pick<Item>([
      "a",
      "",
      "text of more than 16 bytes",
      0.5,
      true,
      null,
      -1n,
      2n ** 40n,
      Buffer.alloc(40, 7),
    ]);
  }
}

function packedSketch(sketch: Buffer): Packed {
  const head = Buffer.of(0xc5, (sketch.length + 1) >> 8, (sketch.length + 1) & 255, PARTICLE.HLL);
  return new Packed(Buffer.concat([head, sketch]));
}
