/**
 * From columns to a table.
 *
 * @module
 */

import * as arrow from "apache-arrow";
import { BlobColumn } from "../src/columns/blob-column.ts";
import { Columns } from "../src/columns/columns.ts";
import { arrayOf, type NumberType } from "../src/columns/element.ts";
import { RaggedColumn } from "../src/columns/ragged-column.ts";
import type { ColumnLayout, ColumnsSchema } from "../src/columns/schema.ts";
import { StringColumn } from "../src/columns/string-column.ts";
import { InvalidArgumentError } from "../src/errors.ts";

const TYPES: Readonly<Record<NumberType, () => arrow.DataType>> = {
  f64: () => new arrow.Float64(),
  f32: () => new arrow.Float32(),
  f16: () => new arrow.Float16(),
  i64: () => new arrow.Int64(),
  i32: () => new arrow.Int32(),
  u32: () => new arrow.Uint32(),
  i16: () => new arrow.Int16(),
  u16: () => new arrow.Uint16(),
  i8: () => new arrow.Int8(),
  u8: () => new arrow.Uint8(),
  bool: () => new arrow.Bool(),
};

/** A part of an Arrow column: what `arrow.makeData` takes, for any type. */
type DataProps = Parameters<typeof arrow.makeData>[0];

/**
 * The columns as an Arrow table: strings as `Utf8`, blobs as `Binary`, vectors as `FixedSizeList` or `List`. Cells that are
 * not valid are null, also where they have a `fill`.
 *
 * The table shares the memory of the columns; only booleans are copied, because Arrow packs them.
 *
 * @throws {InvalidArgumentError} where the argument is no {@link Columns}
 */
export function toArrowTable<S extends ColumnsSchema>(
  columns: Columns<S>,
): arrow.Table {
  if (!(columns instanceof Columns)) {
    throw new InvalidArgumentError("toArrowTable() takes Columns; what was posted becomes them by Columns.from()");
  }
  const rows = columns.length;
  const fields: arrow.Field[] = [];
  const children: arrow.Data[] = [];
  for (const [name, layout] of Object.entries(columns.schema)) {
    const valid = columns.valid[name] as Uint8Array;
    const data = toData(layout, columns.columns[name], valid, rows);
    fields.push(new arrow.Field(name, data.type, true));
    children.push(data);
  }
  const schema = new arrow.Schema(fields);
  const batch = makeData({ type: new arrow.Struct(fields), length: rows, nullCount: 0, children } as never);
  return new arrow.Table(
    schema,
    new arrow.RecordBatch(schema, batch as arrow.Data<arrow.Struct>) as never,
  );
}

function toData({ type, width }: ColumnLayout, column: unknown, nullBitmap: Uint8Array, length: number): arrow.Data {
  const common = { length, nullBitmap, nullCount: countNulls(nullBitmap, length) };
  if (column instanceof StringColumn || column instanceof BlobColumn) {
    const valueOffsets = signed(column.offsets);
    const arrowType = column instanceof StringColumn ? new arrow.Utf8() : new arrow.Binary();
    return makeData({ ...common, type: arrowType, valueOffsets, data: column.bytes } as never);
  }
  const number = type as NumberType;
  if (column instanceof RaggedColumn) {
    const child = numbers(number, column.values, column.values.length);
    const item = new arrow.Field("item", child.type, false);
    return makeData({ ...common, type: new arrow.List(item), valueOffsets: signed(column.offsets), child } as never);
  }
  const values = column as ArrayLike<unknown> & ArrayBufferView;
  if (width === null) return numbers(number, values, length, common);
  const child = numbers(number, values, values.length);
  const item = new arrow.Field("item", child.type, false);
  return makeData({ ...common, type: new arrow.FixedSizeList(width as number, item), child } as never);
}

/** The elements of a column, or the items of its vectors, which are never null. */
function numbers(
  type: NumberType,
  values: ArrayLike<unknown> & ArrayBufferView,
  length: number,
  nulls: object = { nullCount: 0 },
): arrow.Data {
  const data = type === "bool" ? packed(values) : type === "f16" ? bits(values) : values;
  return makeData({ ...nulls, type: TYPES[type](), length, data } as never);
}

function makeData(props: DataProps): arrow.Data {
  return arrow.makeData(props) as arrow.Data;
}

/** Arrow's offsets are signed; none of these comes near the difference. */
function signed({ buffer, byteOffset, length }: Uint32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** Arrow takes half floats as the integers of their bits. */
function bits({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint16Array {
  return new Uint16Array(buffer, byteOffset, byteLength / arrayOf("f16").BYTES_PER_ELEMENT);
}

/** Arrow has eight booleans in a byte. */
function packed(values: ArrayLike<unknown>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  }
  return bytes;
}

function countNulls(bitmap: Uint8Array, length: number): number {
  let valid = 0;
  for (let i = 0; i < length; i++) valid += ((bitmap[i >> 3] as number) >> (i & 7)) & 1;
  return length - valid;
}
