/**
 * The types of columns' elements, and the typed arrays that hold them.
 *
 * @module
 */

/** The types of which vectors can be made. */
export type NumberType = "f64" | "f32" | "f16" | "i64" | "i32" | "u32" | "i16" | "u16" | "i8" | "u8" | "bool";

/** The types of one value. */
export type ScalarType = NumberType | "string" | "blob";

/** The typed array of each type. Booleans are bytes, 0 or 1. */
export interface NumberArrays {
  /** 64-bit floats. */
  readonly f64: Float64Array;
  /** 32-bit floats. */
  readonly f32: Float32Array;
  /** 16-bit floats. */
  readonly f16: Float16Array;
  /** 64-bit integers, as bigints. */
  readonly i64: BigInt64Array;
  /** 32-bit integers. */
  readonly i32: Int32Array;
  /** 32-bit integers from 0. */
  readonly u32: Uint32Array;
  /** 16-bit integers. */
  readonly i16: Int16Array;
  /** 16-bit integers from 0. */
  readonly u16: Uint16Array;
  /** 8-bit integers. */
  readonly i8: Int8Array;
  /** 8-bit integers from 0. */
  readonly u8: Uint8Array;
  /** Booleans. */
  readonly bool: Uint8Array;
}

/** The typed array of a type. */
export type NumberArray<N extends NumberType = NumberType> = NumberArrays[N];

/** How a typed array is made over memory. */
interface NumberArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): NumberArray;
}

/** What there is to know about a type: its number in frames, its class, and what its integers may be. */
export interface Element {
  /** Its number (`docs/abi.md`). */
  readonly number: number;
  /** The class of its array; undefined for strings and blobs. */
  readonly array: NumberArrayClass | undefined;
  /** The range of its integers. */
  readonly range: readonly [number, number] | undefined;
}

function integers(number: number, array: NumberArrayClass, min: number, max: number): Element {
  return { number, array, range: [min, max] };
}

/** The types by their names. A Map, because an object would find its prototype's members too. */
export const ELEMENTS: ReadonlyMap<unknown, Element> = new Map<ScalarType, Element>([
  ["f64", { number: 1, array: Float64Array, range: undefined }],
  ["f32", { number: 2, array: Float32Array, range: undefined }],
  ["f16", { number: 3, array: Float16Array, range: undefined }],
  ["i64", { number: 4, array: BigInt64Array, range: undefined }],
  ["i32", integers(5, Int32Array, -0x8000_0000, 0x7fff_ffff)],
  ["u32", integers(6, Uint32Array, 0, 0xffff_ffff)],
  ["i16", integers(7, Int16Array, -0x8000, 0x7fff)],
  ["u16", integers(8, Uint16Array, 0, 0xffff)],
  ["i8", integers(9, Int8Array, -0x80, 0x7f)],
  ["u8", integers(10, Uint8Array, 0, 0xff)],
  ["bool", { number: 11, array: Uint8Array, range: undefined }],
  ["string", { number: 12, array: undefined, range: undefined }],
  ["blob", { number: 13, array: undefined, range: undefined }],
]);

/** What is known about a type whose name has been checked. */
export function elementOf(type: ScalarType): Element {
  return ELEMENTS.get(type) as Element;
}

/** The class of a type's array. */
export function arrayOf(type: NumberType): NumberArrayClass {
  return elementOf(type).array as NumberArrayClass;
}

/** Whether bit `index` of a bitmap is set: bit 0 is the lowest one of byte 0, as in Apache Arrow. */
export function isSet(bitmap: Uint8Array, index: number): boolean {
  return ((bitmap[index >> 3] as number) & (1 << (index & 7))) !== 0;
}
