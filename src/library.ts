/**
 * Finds and loads the native library.
 *
 * @module
 */
import type { Binding, NativeLibrary } from "./binding.ts";
import { LibraryError } from "./errors.ts";
import { ABI_VERSION } from "./symbols.ts";
import { fileURLToPath } from "node:url";

/** The environment variable that names the library's file. */
export const LIBRARY_VARIABLE = "AEROSPIKE_FFI_LIBRARY";

/** What a library is called on an operating system. */
export function libraryFile(name: string, os: string): string {
  if (os === "windows") return `${name}.dll`;
  return os === "darwin" ? `lib${name}.dylib` : `lib${name}.so`;
}

/** One library for one path and thread: opening it twice gives the same instance, so this only saves the work. */
const loaded = new Map<string, NativeLibrary>();

/**
 * Loads the library: the `library` option, else `AEROSPIKE_FFI_LIBRARY`, else the local build. What was named is not
 * silently replaced by another.
 *
 * @throws {LibraryError} when there is none, it cannot be loaded, or it speaks another ABI; it says what was tried
 */
export function loadLibrary(binding: Binding, option: string | undefined): NativeLibrary {
  const candidate = locate(binding, option);
  if (binding.exists(candidate.path) === false) {
    throw new LibraryError(
      `the native library is not there: tried ${candidate.path} (${candidate.source}); ${cure(candidate.source)}`,
    );
  }
  const cached = loaded.get(candidate.path);
  if (cached !== undefined) return cached;
  let library: NativeLibrary;
  try {
    library = binding.load(candidate.path);
  } catch (cause) {
    throw new LibraryError(explain(cause, candidate), { cause });
  }
  if (library.abiVersion !== ABI_VERSION) {
    throw new LibraryError(
      `${candidate.path} (${candidate.source}) speaks version ${library.abiVersion} of the ABI, this package speaks ` +
        `version ${ABI_VERSION}: use the library that was built with this package`,
      { abi: true },
    );
  }
  loaded.set(candidate.path, library);
  return library;
}

interface Candidate {
  readonly path: string;
  readonly source: string;
}

const LOCAL = "local build";

function locate(binding: Binding, option: string | undefined): Candidate {
  if (option !== undefined) return { path: option, source: "option library" };
  const named = binding.env(LIBRARY_VARIABLE);
  if (named !== undefined && named !== "") return { path: named, source: LIBRARY_VARIABLE };
  const local = new URL(`../rust/target/release/${libraryFile("aerospike_ffi", binding.os)}`, import.meta.url);
  if (local.protocol !== "file:") {
    throw new LibraryError(
      `no native library for ${binding.os} ${binding.arch}: name one with the option "library" or with ` +
        `${LIBRARY_VARIABLE} (this module was not loaded from a file, so there is no local build)`,
    );
  }
  return { path: fileURLToPath(local), source: LOCAL };
}

function cure(source: string): string {
  return source === LOCAL
    ? `build it with "cargo build --release --manifest-path rust/Cargo.toml", or name one with the option "library" ` +
      `or with ${LIBRARY_VARIABLE}`
    : "name a file that exists, as an absolute path";
}

function explain(cause: unknown, candidate: Candidate): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = `the native library could not be loaded: tried ${candidate.path} (${candidate.source}): ${reason}`;
  if (cause instanceof Error && cause.name === "NotCapable") {
    return `${what}; run with --allow-ffi=${candidate.path}`;
  }
  return `${what}; ${cure(candidate.source)}, built for this operating system and processor`;
}
