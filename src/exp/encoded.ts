/**
 * Expressions that come as texts: as Base64, or in Aerospike's expression language.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { writeArrayHeader } from "../codec/msgpack-writer.ts";
import { InvalidArgumentError } from "../errors.ts";
import { checkedType } from "./bin.ts";
import { Expression, type ValueType } from "./expression.ts";
import { Op, pack, writeBinHeader, writeInt } from "./pack.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** How the text of a filter in AEL begins, packed. */
const AEL_HEAD: readonly number[] = [0x92, 0xcc, Op.AEL];
const encoder: TextEncoder = new TextEncoder();

/** An expression from its Base64. Nothing is known of its type, so say it; left out, it is a filter's. */
export function fromBase64(text: string): Expression<"bool">;
/** An expression of a type from its Base64. */
export function fromBase64<T extends ValueType>(text: string, type: T): Expression<T>;
/** An expression from its Base64. */
export function fromBase64(text: string, type: ValueType = "bool"): Expression<ValueType> {
  if (typeof text !== "string" || text === "" || !BASE64.test(text)) {
    throw new InvalidArgumentError("exp.fromBase64() text is no Base64 of an expression");
  }
  checkedType(type, "exp.fromBase64() type");
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  const isAel = AEL_HEAD.every((byte, at) => bytes[at] === byte);
  return new Expression(isAel ? "ael" as ValueType : type, [bytes]);
}

/** A filter in Aerospike's expression language, as `$.age > 17`, which the server compiles. It stands alone. Server 8.2. */
export function fromAel(text: string): Expression<"ael"> {
  if (typeof text !== "string" || text === "" || !text.isWellFormed()) {
    throw new InvalidArgumentError("exp.fromAel() text is no text of an expression");
  }
  const source = encoder.encode(text);
  const begin = pack((w) => {
    writeArrayHeader(w, 2);
    writeInt(w, Op.AEL);
    writeBinHeader(w, source.length);
  });
  return new Expression("ael", [begin, source]);
}
