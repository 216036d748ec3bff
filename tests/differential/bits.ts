/**
 * Random sequences of bit operations.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Choices } from "../support/random.ts";
import { type Item, pack } from "./msgpack.ts";
import { INFO2, type RawCommand, type RawOperation } from "./raw.ts";
import { randomCommand } from "./random-command.ts";
import type { Sequence } from "./sequence.ts";

const OP = { WRITE: 2, BIT_READ: 12, BIT_MODIFY: 13 } as const;
const PARTICLE = { INTEGER: 1, STRING: 3, BLOB: 4 } as const;

type Argument =
  | "byteOffset"
  | "byteSize"
  | "bitOffset"
  | "bitSize"
  | "numberSize"
  | "shift"
  | "bytes"
  | "number"
  | "boolean"
  | "flags"
  | "resizeFlags"
  | "sumFlags"
  | "sign";

/** Every verb with its arguments; so many of them may be absent. */
type Verb = readonly [verb: number, optional: number, ...Argument[]];

const WRITES: readonly Verb[] = [
  [0, 2, "byteSize", "flags", "resizeFlags"],
  [1, 1, "byteOffset", "bytes", "flags"],
  [2, 1, "byteOffset", "byteSize", "flags"],
  ...[3, 4, 5, 6].map((verb): Verb => [verb, 1, "bitOffset", "bitSize", "bytes", "flags"]),
  [7, 1, "bitOffset", "bitSize", "flags"],
  ...[8, 9].map((verb): Verb => [verb, 1, "bitOffset", "bitSize", "shift", "flags"]),
  ...[10, 11].map((verb): Verb => [verb, 2, "bitOffset", "numberSize", "number", "flags", "sumFlags"]),
  [12, 1, "bitOffset", "numberSize", "number", "flags"],
];
const READS: readonly Verb[] = [
  [50, 0, "bitOffset", "bitSize"],
  [51, 0, "bitOffset", "bitSize"],
  [52, 0, "bitOffset", "bitSize", "boolean"],
  [53, 0, "bitOffset", "bitSize", "boolean"],
  [54, 1, "bitOffset", "numberSize", "sign"],
  [55, 2, "byteOffset", "byteSize"],
];
const ODD: readonly Item[] = [null, true, 0.5, "a", "", [], [1n], 2n ** 40n, -1n, Buffer.of(1)];
const NUMBERS = [0n, 1n, -1n, 127n, 128n, 255n, 256n, -128n, 2n ** 63n - 1n, -(2n ** 63n)];
const EXTREMES = [2n ** 27n, 2n ** 27n + 1n, 2n ** 30n, 2n ** 30n + 1n, -(2n ** 30n), 2n ** 40n, -(2n ** 40n)]
  .concat([2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, 2n ** 64n - 1n]);
const PARTIAL = 8n;

/** Makes the sequences of one seed. */
export class BitSequences extends Choices {
  sequence(): Sequence {
    const commands: RawCommand[] = [];
    if (!this.oneIn(8)) {
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
      commands.push(randomCommand(this, OP.BIT_MODIFY, () => this.#operation()));
    }
    return commands;
  }

  #start(): [number, Uint8Array] {
    if (this.oneIn(30)) return [PARTICLE.STRING, Buffer.from("text")];
    if (this.oneIn(30)) return [PARTICLE.INTEGER, Buffer.alloc(8, 1)];
    return [PARTICLE.BLOB, this.#bytes(12)];
  }

  #bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.pick([0, 255, this.below(256)])));
  }

  #operation(): RawOperation {
    const isRead = this.oneIn(3);
    const call = this.call(isRead);
    const data = pack(this.oneIn(60) ? [0xffn, [0x10n, 0n], call] : call);
    return { op: isRead ? OP.BIT_READ : OP.BIT_MODIFY, particle: PARTICLE.BLOB, bin: "v", data };
  }

  /** An operation's number and arguments. */
  call(isRead: boolean): Item[] {
    const [verb, optional, ...kinds] = this.pick(isRead ? READS : WRITES);
    const given = kinds.slice(0, kinds.length - (this.oneIn(3) ? this.below(optional + 1) : 0));
    const made = given.map((kind) => this.oneIn(80) ? this.pick(ODD) : this.#argument(kind));
    if (this.oneIn(60)) made.push(this.pick(ODD));
    if (this.oneIn(60)) made.pop();
    // Partly beyond the end and shifted out of what is left, a server of 8.1.2.0 crashes, or takes what lies behind it.
    const flags = made[kinds.indexOf("flags")];
    const place = kinds.indexOf("shift");
    if (place >= 0 && typeof flags === "bigint" && (flags & PARTIAL) !== 0n) made[place] = BigInt(this.below(2));
    return [BigInt(this.oneIn(100) ? this.below(60) : verb), ...made];
  }

  #argument(kind: Argument): Item {
    if (this.oneIn(60) && /Offset|Size|shift/.test(kind)) return this.pick(EXTREMES);
    switch (kind) {
      case "byteOffset":
        return BigInt(this.below(20) - 8);
      case "byteSize":
        return BigInt(this.below(14));
      case "bitOffset":
        return BigInt(this.below(120) - 40);
      case "bitSize":
        return BigInt(this.below(this.oneIn(2) ? 100 : 20));
      case "numberSize":
        return BigInt(this.oneIn(2) ? this.below(67) : this.pick([8, 16, 32, 64]));
      case "shift":
        return BigInt(this.below(60) - 1);
      case "bytes":
        return this.#bytes(14);
      case "number":
        return this.oneIn(2) ? this.pick(NUMBERS) : BigInt(this.below(2 ** 31)) * BigInt(this.below(2 ** 31) - 2 ** 30);
      case "boolean":
        return this.oneIn(2);
      case "flags":
        return this.oneIn(2) ? 0n : BigInt(this.below(17));
      case "resizeFlags":
      case "sumFlags":
        return BigInt(this.below(8));
      case "sign":
        return BigInt(this.below(this.oneIn(10) ? 4 : 2));
    }
  }
}
