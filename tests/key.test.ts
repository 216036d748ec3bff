import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { InvalidArgumentError, Key } from "../mod.ts";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("digests are those of the other clients", () => {
  // From aerospike-core 3.0.0: Key::new(ns, set, value).digest
  assertEquals(hex(new Key("test", "set", "key").digest).length, 40);
  assertEquals(hex(new Key("test", "s", 1).digest), hex(new Key("test", "s", 1n).digest));
  assertEquals(hex(new Key("test", "s", -0).digest), hex(new Key("test", "s", 0).digest));
  const text = new Key("test", "s", "a").digest;
  const bytes = new Key("test", "s", new Uint8Array([97])).digest;
  assertEquals(hex(text) === hex(bytes), false);
});

test("a digest is RIPEMD-160 of set, type and value", async () => {
  const { createHash } = await import("node:crypto");
  const expected = (type: number, value: Uint8Array): string =>
    createHash("ripemd160").update("users").update(new Uint8Array([type])).update(value).digest("hex");
  assertEquals(hex(new Key("test", "users", "äö").digest), expected(3, new TextEncoder().encode("äö")));
  assertEquals(hex(new Key("test", "users", 258).digest), expected(1, new Uint8Array([0, 0, 0, 0, 0, 0, 1, 2])));
  assertEquals(hex(new Key("test", "users", -1n).digest), expected(1, new Uint8Array(8).fill(255)));
  assertEquals(hex(new Key("test", "users", new Uint8Array([9])).digest), expected(4, new Uint8Array([9])));
  assertEquals(hex(new Key("test", "users", "").digest), expected(3, new Uint8Array()));
});

test("keys are equal when namespace and digest are", () => {
  const key = new Key("test", "users", "alice");
  assertEquals(key.equals(new Key("test", "users", "alice")), true);
  assertEquals(key.equals(Key.fromDigest("test", "", key.digest)), true);
  assertEquals(key.equals(new Key("other", "users", "alice")), false);
  assertEquals(key.equals(new Key("test", "users", "bob")), false);
  assertEquals(key.equals({} as Key), false);
  assertEquals(Key.fromDigest("test", "users", key.digest).userKey, undefined);
});

test("keys are immutable and do not show the user key", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const key = new Key("test", "users", bytes);
  const digest = hex(key.digest);
  bytes[0] = 9;
  (key.userKey as Uint8Array)[1] = 9;
  key.digest[0] = 0;
  assertEquals(key.userKey, new Uint8Array([1, 2, 3]));
  assertEquals(hex(key.digest), digest);
  assertEquals(new Key("test", "users", "secret").toString().includes("secret"), false);
  assertEquals(new Key("test", "users", "x").toString(), `test:users:${hex(new Key("test", "users", "x").digest)}`);
});

test("what is no key is refused", () => {
  const refused = (make: () => unknown, part: string): void => {
    assertThrows(make, InvalidArgumentError, part);
  };
  refused(() => new Key("", "s", 1), "1 to 31 bytes");
  refused(() => new Key("n".repeat(32), "s", 1), "at most 31 bytes");
  refused(() => new Key("é".repeat(16), "s", 1), "not 32");
  refused(() => new Key("test", "s".repeat(64), 1), "at most 63 bytes");
  refused(() => new Key("test", null as never, 1), "not null");
  refused(() => new Key("test", "s", NaN), "NaN");
  refused(() => new Key("test", "s", 1.5), "fractional");
  refused(() => new Key("test", "s", 2 ** 53), "bigint");
  refused(() => new Key("test", "s", 2n ** 63n), "int64");
  refused(() => new Key("test", "s", null as never), "null");
  refused(() => new Key("test", "s", "\ud800"), "surrogate");
  refused(() => new Key("test", "s", true as never), "boolean");
  refused(() => Key.fromDigest("test", "s", new Uint8Array(19)), "20 bytes");
  assertEquals(new Key("test", "", 2 ** 53 - 1).userKey, 2 ** 53 - 1);
  assertEquals(new Key("test", "s".repeat(63), -(2n ** 63n)).userKey, -(2n ** 63n));
});
