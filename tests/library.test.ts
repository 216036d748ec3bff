import { assert, assertRejects, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { test } from "node:test";
import type { Binding, NativeLibrary } from "../src/binding.ts";
import { LibraryError } from "../src/errors.ts";
import { LIBRARY_VARIABLE, libraryFile, loadLibrary } from "../src/library.ts";
import { connect } from "../mod.ts";
import { leftOut } from "./support/left-out.ts";
import { binding, runScript } from "./support/runtime.ts";
import { fileURLToPath } from "node:url";

const fake = (over: Partial<Binding>): Binding => ({ ...binding, env: () => undefined, exists: () => true, ...over });
const speaking = (abiVersion: number) => () => ({ path: "fake", abiVersion }) as NativeLibrary;

test("a library that is not there: what was tried, and the cure", async () => {
  const path = "/nowhere/libaerospike_ffi.so";
  const error = await assertRejects(() => connect({ library: path }), LibraryError, path);
  assertStringIncludes(error.message, "option library");
  const local = assertThrows(() => loadLibrary(fake({ exists: () => false }), undefined), LibraryError);
  assertStringIncludes(local.message, "cargo build --release");
  assertStringIncludes(local.message, LIBRARY_VARIABLE);
});

test("a file that is no library says so", async () => {
  const text = fileURLToPath(new URL("../LICENSE", import.meta.url));
  const error = await assertRejects(() => connect({ library: text }), LibraryError, text);
  assert(error.cause !== undefined);
});

test("a library that speaks another ABI is refused with both versions", () => {
  const error = assertThrows(
    () => loadLibrary(fake({ load: speaking(99) }), "/lib/foreign-abi"),
    LibraryError,
    "version 99",
  );
  assertStringIncludes(error.message, "version 1");
});

test("the option goes before the variable, the variable before the local build", () => {
  const seen: string[] = [];
  const recording = fake({
    load: (path) => {
      seen.push(path);
      return { path, abiVersion: 1 } as NativeLibrary;
    },
    env: (name) => name === LIBRARY_VARIABLE ? "/from/variable" : undefined,
  });
  loadLibrary(recording, "/from/option");
  loadLibrary(recording, undefined);
  loadLibrary({ ...recording, env: () => undefined, os: "darwin" }, undefined);
  assertStringIncludes(seen.slice(0, 2).join(), "/from/option,/from/variable");
  assertStringIncludes(seen[2] ?? "", "rust/target/release/libaerospike_ffi.dylib");
});

test("the permission that is missing is named", () => {
  const refused = fake({
    load: () => {
      throw Object.assign(new Error("Requires ffi access"), { name: "NotCapable" });
    },
  });
  assertThrows(() => loadLibrary(refused, "/lib/no-permission"), LibraryError, "--allow-ffi=/lib/no-permission");
});

test("a library is called as its operating system wants", () => {
  assert(libraryFile("aerospike_ffi", "windows") === "aerospike_ffi.dll");
  assert(libraryFile("aerospike_ffi", "linux") === "libaerospike_ffi.so");
});

test("a library stays mapped when it is closed, because its threads go on", async () => {
  // A Worker that ends closes its libraries. Only Linux shows what is mapped, and there the linker has to be told.
  if (binding.os !== "linux") return leftOut("what stays mapped", "Linux");
  const path = fileURLToPath(new URL("../rust/target/release/libaerospike_ffi.so", import.meta.url));
  const ended = await runScript("unload.ts", path);
  assertStrictEquals(ended.stdout.trim(), "mapped", ended.stderr);
});
