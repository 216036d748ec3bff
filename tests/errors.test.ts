import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import {
  AbortError,
  AerospikeConnectionError,
  AerospikeError,
  AerospikeTimeoutError,
  ClientClosedError,
  FilteredOutError,
  GenerationError,
  InvalidArgumentError,
  Key,
  LibraryError,
  RecordExistsError,
  ServerError,
} from "../mod.ts";
import { readError } from "../src/codec/reply-error.ts";
import { errorOf } from "../src/errors.ts";
import { codeName } from "../src/result-code.ts";
import { RESULT_CODES } from "../src/result-codes.ts";

function reply(code: number, payload: object, context: Parameters<typeof readError>[4] = {}): AerospikeError {
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  return readError(code, bytes, 0, bytes.length, context);
}

test("codes choose the class", () => {
  const classes: [number, new (...args: never[]) => AerospikeError][] = [
    [9, AerospikeTimeoutError],
    [-1005, AerospikeTimeoutError],
    [-10, AerospikeConnectionError],
    [-8, AerospikeConnectionError],
    [3, GenerationError],
    [5, RecordExistsError],
    [27, FilteredOutError],
    [13, ServerError],
    [-1003, ClientClosedError],
    [-2, InvalidArgumentError],
    [-1002, LibraryError],
    [-1004, AbortError],
  ];
  for (const [code, type] of classes) {
    const error = errorOf(code, "x", {});
    assertEquals(error.constructor, type);
    assertEquals(error.code, code);
    assertEquals(error.codeName, codeName(code));
    assertEquals(error.name, type === AbortError ? "AbortError" : type.name);
  }
  assert(errorOf(3, "x", {}) instanceof ServerError);
  assertEquals(codeName(12345), "UNKNOWN");
  assertEquals(codeName(13), "RECORD_TOO_BIG");
  assertEquals(new Set(RESULT_CODES.map((row) => row[1])).size, RESULT_CODES.length);
});

test("is() knows errors of another copy of the package", () => {
  const other = Object.assign(new Error("x"), { [Symbol.for("aerospike-ts.error")]: true });
  assert(AerospikeError.is(other));
  assert(AerospikeError.is(new ServerError("x", { code: 13 })));
  for (const value of [null, undefined, "x", new Error("x"), {}]) assertEquals(AerospikeError.is(value), false);
});

test("replies become errors with key, node and cure", () => {
  const key = new Key("test", "users", "secret-user");
  const big = reply(13, { message: "record too big", node: "BB9", sent: true }, { key, size: 9_000_042 });
  assert(big.message.includes("9000042 bytes"), big.message);
  assertEquals([big.node, big.sent, big.namespace, big.set], ["BB9", true, "test", "users"]);
  assert(!JSON.stringify(big).includes("secret-user"));
  assert(reply(22, { message: "forbidden" }, { key, ttl: true }).message.includes("nsup-period"));
  assert(reply(20, { message: "no namespace" }, { key }).message.includes("namespaces"));
  assert(reply(12, { message: "bin type" }, { key }).message.includes("another type"));
  const doubt = reply(9, { message: "timeout", inDoubt: true, phase: "command", iteration: 2 });
  assertEquals([doubt.inDoubt, doubt.phase, doubt.iteration], [true, "command", 2]);
  const none = readError(13, new Uint8Array(), 0, 0, {});
  assert(none.message.includes("RECORD_TOO_BIG (13)"));
  const broken = new TextEncoder().encode("{not json");
  assert(readError(-1000, broken, 0, broken.length, {}).message.includes("{not json"));
});

test("toJSON is bounded", () => {
  const error = new AerospikeError("m".repeat(100_000), {
    code: -16,
    subErrors: Array.from({ length: 1000 }, () => ({ code: 9, message: "s".repeat(10_000) })),
    cause: new Error("c".repeat(100_000)),
  });
  assert(JSON.stringify(error).length < 2048);
  assert(JSON.parse(JSON.stringify(error)).subErrors.length > 0);
  assertEquals(JSON.parse(JSON.stringify(error)).codeName, "BATCH_FAILED");
});

test("toJSON is below 2 KiB in bytes, escapes included", () => {
  for (const character of ["\0", "\u001f", '"', "\\", "\u20ac", "\u{1f600}", "\ud800", "\n"]) {
    const text = character.repeat(5000);
    const error = new AerospikeError(text, {
      code: -16,
      node: text,
      namespace: character.repeat(31),
      set: character.repeat(63),
      digest: "0".repeat(40),
      cause: new Error(text),
      subErrors: Array.from({ length: 100 }, () => ({ code: 9, message: text, node: text })),
    });
    const size = new TextEncoder().encode(JSON.stringify(error)).length;
    assert(size < 2048, `${JSON.stringify(character)}: ${size}`);
  }
  const whole = new AerospikeError("m".repeat(800), { set: "s".repeat(63), digest: "0".repeat(40) });
  assertEquals([whole.toJSON().message, whole.toJSON().set], ["m".repeat(800), "s".repeat(63)]);
});

test("one side names the cure", () => {
  const key = new Key("nope", "users", 1);
  const native = "the namespace nope does not exist; the cluster has: test, bar";
  assert(!reply(20, { message: native }, { key }).message.includes("client.info"));
  assert(reply(20, { message: "the namespace nope does not exist" }, { key }).message.includes("client.info"));
  const hint = "forbidden; a TTL needs nsup-period above 0 in the namespace's configuration";
  for (const ttl of [true, false]) {
    assertEquals(reply(22, { message: hint }, { key, ttl }).message.split("nsup-period").length, 2);
    assert(reply(22, { message: "forbidden" }, { key, ttl }).message.includes("nsup-period"));
  }
  const node = reply(-8, { message: "the cluster has no node zzz; it has A1" });
  assertEquals(node.message.split("no node").length, 2);
});

test("an AbortError has the reason as its cause", () => {
  const error = new AbortError("why");
  assertEquals([error.name, error.cause, error.inDoubt, error.sent], ["AbortError", "why", true, true]);
});
