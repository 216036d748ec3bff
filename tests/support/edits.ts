/**
 * Changes of valid bytes, so that they are nearly valid.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";

/** A change of bytes, somewhere. */
export interface Edit {
  readonly kind: "set" | "cut" | "insert" | "remove" | "number";
  readonly at: number;
  readonly byte: number;
}

export const edits: Arbitrary<readonly Edit[]> = fc.array(
  fc.record<Edit>({
    kind: fc.constantFrom("set", "set", "set", "insert", "remove", "cut", "number"),
    at: fc.nat(),
    byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x00, 0x7f, 0x80, 0xc1, 0xc7, 0xdb, 0xdd, 0xdf, 0xff)),
  }),
  { maxLength: 6 },
);

/** The bytes with changes. */
export function edited(bytes: Uint8Array, all: readonly Edit[]): Uint8Array {
  let list = [...bytes];
  for (const { kind, at, byte } of all) {
    const place = list.length === 0 ? 0 : at % list.length;
    if (kind === "set") list[place] = byte;
    else if (kind === "cut") list = list.slice(0, place);
    else if (kind === "insert") list.splice(place, 0, byte);
    else if (kind === "remove") list.splice(place, 1);
    else list.splice(place, 4, byte, byte, byte, byte);
  }
  return new Uint8Array(list);
}
