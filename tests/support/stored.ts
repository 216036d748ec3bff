/**
 * Records with one value each, for the tests of columns.
 *
 * @module
 */
import { type BinInput, type Client, Key, type NumberType, type ReadPath, type Unparsed } from "../../mod.ts";

/** For batches that are large. */
export const LONG: { readonly totalTimeout: number } = { totalTimeout: 60_000 };
/** Both must give the same. */
export const PATHS: readonly ReadPath[] = ["direct", "core"];
export const NUMBER_TYPES: readonly NumberType[] = [
  ...["f64", "f32", "f16", "i64", "i32", "u32", "i16", "u16", "i8", "u8", "bool"] as const,
];
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** The keys of one test file. */
export class Stored {
  readonly #client: Client;
  readonly #set: string;
  #serial = 0;

  constructor(client: Client, set: string) {
    this.#client = client;
    this.#set = set;
  }

  /** Keys without records. */
  freshKeys(length: number): Key[] {
    return range(length).map(() => new Key("test", this.#set, `columns-${this.#serial++}`));
  }

  /** Writes a value to the bin "v" of a key each; undefined leaves the record without it. */
  async values(values: readonly (BinInput | Unparsed | undefined)[]): Promise<Key[]> {
    const keys = this.freshKeys(values.length);
    const rows = keys.map((key, i) => ({ key, bins: values[i] === undefined ? { other: 1 } : { v: values[i] } }));
    (await this.#client.batchWrite(rows, LONG)).throwIfFailed();
    return keys;
  }
}
