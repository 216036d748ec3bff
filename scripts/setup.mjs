// Brings a clone to where its commands can run: npm's packages and the native libraries. Does nothing that is done.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const deno = `${root}node_modules/.bin/deno`;
export const bun = `${root}node_modules/.bin/bun`;
export const manifest = `${root}rust/Cargo.toml`;
export const release = `${root}rust/target/release/`;
/** The file name of the native library on this system. */
export const libraryName = { darwin: "libaerospike_ffi.dylib", win32: "aerospike_ffi.dll" }[process.platform] ??
  "libaerospike_ffi.so";

/** The library as users get it: smaller than what is built for the tests. */
export const distLibrary = `${root}rust/target/dist/${libraryName}`;
/** What cargo is told to build it. */
export const DIST = ["build", "--profile", "dist", "--locked", "--manifest-path", manifest, "-p", "aerospike-ffi"];

/** Runs a command to its end with its output shown; throws when it fails. */
export function must(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

function older(file, than) {
  return !existsSync(file) || statSync(file).mtimeMs < statSync(than).mtimeMs;
}

/** Installs what a folder's lock file names; `command` is `install` where the lock cannot name every platform's package. */
export function installPackages(folder = root, command = "ci") {
  if (older(`${folder}node_modules/.package-lock.json`, `${folder}package-lock.json`)) {
    must("npm", [command, "--no-fund", "--no-audit"], { cwd: folder });
  }
}

export function buildLibraries() {
  must("cargo", ["build", "--release", "--locked", "--manifest-path", manifest]);
}

/** Builds the library as users get it, which takes minutes the first time; gives its path. */
export function buildDist() {
  must("cargo", DIST);
  return distLibrary;
}

export function setup() {
  installPackages();
  buildLibraries();
}
