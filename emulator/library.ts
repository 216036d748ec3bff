/**
 * Finds and loads the emulator's native library.
 *
 * @module
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { invalidOption } from "../src/option-check.ts";
import { EmulatorError } from "./error.ts";

/** The environment variable that names the library's file. */
export const EMULATOR_LIBRARY_VARIABLE = "AEROSPIKE_EMULATOR_LIBRARY";

/** The version of the ABI that this package speaks. */
const ABI_VERSION = 1;

/** The native symbols: strings go in and out as UTF-8 in buffers, results stay native until they are copied. */
export interface EmulatorSymbols {
  /** Version of the ABI. */
  readonly aee_abi_version: () => number;
  /** Runs a request in JSON and returns a handle for its result. */
  readonly aee_call: (request: Uint8Array<ArrayBuffer>, length: number) => number;
  /** Length of a result. */
  readonly aee_result_len: (result: number) => number;
  /** Copies a result and frees it. */
  readonly aee_result_copy: (result: number, into: Uint8Array<ArrayBuffer>, length: number) => number;
}

const encoder: TextEncoder = new TextEncoder();
const decoder: TextDecoder = new TextDecoder();

/** The library, loaded: one call that takes JSON and yields JSON. */
export class EmulatorLibrary {
  readonly #symbols: EmulatorSymbols;

  /** Wraps symbols that were loaded already. */
  constructor(symbols: EmulatorSymbols) {
    this.#symbols = symbols;
  }

  /** Runs a call and returns its `ok`; its `error` is thrown. */
  call<T>(request: Record<string, unknown>): T {
    const bytes = encoder.encode(JSON.stringify(request, checkJson));
    const handle = this.#symbols.aee_call(bytes, bytes.length);
    const result = new Uint8Array(this.#symbols.aee_result_len(handle));
    if (this.#symbols.aee_result_copy(handle, result, result.length) !== result.length) {
      throw new EmulatorError("the emulator's library gave no result");
    }
    const answer = JSON.parse(decoder.decode(result)) as { ok?: T; error?: string };
    if (answer.error !== undefined) throw new EmulatorError(answer.error);
    return answer.ok as T;
  }
}

/** What JSON has no form for would be an error without a name. */
function checkJson(name: string, value: unknown): unknown {
  if (typeof value === "bigint") throw invalidOption(value, name, "a number");
  return value;
}

/** Libraries by path: opening one again gives the same instance, so this only saves the work. */
const loaded = new Map<string, EmulatorLibrary>();

/** Loads the library: the one that is named, else that of the environment variable, else the local build. */
export async function loadEmulatorLibrary(named: string | undefined): Promise<EmulatorLibrary> {
  const { path, source } = locate(named);
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const tried = `tried ${path} (${source})`;
  if (!isThere(path)) throw new EmulatorError(`the emulator's library is not there: ${tried}; ${cure(source)}`);
  let symbols: EmulatorSymbols;
  try {
    // Each of the modules uses its runtime's own names, so only the one that runs may be loaded.
    symbols = "Deno" in globalThis ? (await import("./deno.ts")).open(path) : (await import("./bun.ts")).open(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const permission = cause instanceof Error && cause.name === "NotCapable";
    const advice = permission ? `run with --allow-ffi=${path}` : cure(source);
    throw new EmulatorError(`the emulator's library could not be loaded: ${tried}: ${reason}; ${advice}`, { cause });
  }
  const version = symbols.aee_abi_version();
  if (version !== ABI_VERSION) {
    throw new EmulatorError(
      `${path} (${source}) speaks version ${version} of the ABI, this package speaks version ${ABI_VERSION}: use the ` +
        "library that was built with this package",
    );
  }
  const library = new EmulatorLibrary(symbols);
  loaded.set(path, library);
  return library;
}

const LOCAL = "local build";

function locate(named: string | undefined): { path: string; source: string } {
  if (named !== undefined) return { path: named, source: "option library" };
  const variable = readVariable();
  if (variable !== undefined && variable !== "") return { path: variable, source: EMULATOR_LIBRARY_VARIABLE };
  const local = new URL(`../rust/target/release/${fileName()}`, import.meta.url);
  if (local.protocol !== "file:") {
    throw new EmulatorError(
      'no library for the emulator: this module was not loaded from a file, so name one with the option "library" or ' +
        `with ${EMULATOR_LIBRARY_VARIABLE}`,
    );
  }
  return { path: fileURLToPath(local), source: LOCAL };
}

function fileName(): string {
  if (process.platform === "win32") return "aerospike_emulator.dll";
  return process.platform === "darwin" ? "libaerospike_emulator.dylib" : "libaerospike_emulator.so";
}

function cure(source: string): string {
  return source === LOCAL
    ? 'build it with "cargo build --release --manifest-path rust/Cargo.toml", or name one with the option "library" or ' +
      `with ${EMULATOR_LIBRARY_VARIABLE}`
    : "name a library that exists and was built for this operating system and processor, as an absolute path";
}

function readVariable(): string | undefined {
  const isGranted = granted({ name: "env", variable: EMULATOR_LIBRARY_VARIABLE });
  return isGranted ? process.env[EMULATOR_LIBRARY_VARIABLE] : undefined;
}

function isThere(path: string): boolean {
  // Without the permission to look, loading decides.
  return !granted({ name: "read", path }) || existsSync(path);
}

/** Deno's permissions, as far as they are asked here. */
interface Permissions {
  querySync(descriptor: Permission): { readonly state: string };
}

type Permission = { name: "env"; variable: string } | { name: "read"; path: string };

/** Whether something that is optional is allowed. Doing it without asking would prompt on a terminal. */
function granted(permission: Permission): boolean {
  const { Deno: deno } = globalThis as { Deno?: { permissions: Permissions } };
  return deno === undefined || deno.permissions.querySync(permission).state === "granted";
}
