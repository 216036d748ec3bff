/**
 * User-defined functions: their modules, and the tasks that wait for them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { ADMIN_OPTIONS } from "./cluster-commands.ts";
import type { AdminOptions, InfoAnswers, InfoOptions } from "./cluster-info.ts";
import { Deadline } from "./deadline.ts";
import { AerospikeConnectionError, AerospikeTimeoutError, InvalidArgumentError, UdfError } from "./errors.ts";
import {
  checkNames,
  describe,
  integerOption,
  MS_LIMIT,
  signalOption,
  stringOption,
  unknownOption,
} from "./option-check.ts";
import type { CommandOptions } from "./policy.ts";

/** A module of Lua functions: its source, or a file to read it from. */
export type UdfSource =
  | {
    /** The Lua source, as text or as bytes. */
    readonly source: string | Uint8Array;
    /** The name it is registered under, with `.lua`: the module `stats` is `stats.lua`. At most 127 bytes. */
    readonly name: string;
  }
  | {
    /** A file to read: a path, or a `file:` URL. Deno asks for `--allow-read`. */
    readonly file: string | URL;
    /** The name it is registered under, with `.lua`. Default: that of the file. */
    readonly name?: string | undefined;
  };

/** A module that is registered. */
export interface UdfInfo {
  /** Its name, with `.lua`. */
  readonly name: string;
  /** The server's hash of its source, in hexadecimal digits. */
  readonly hash: string;
  /** Its language: `LUA`. */
  readonly type: string;
}

/** How long to wait for a {@link UdfTask}. */
export interface UdfWaitOptions extends CommandOptions {
  /** The bound on the wait, in milliseconds. Default 10000. */
  readonly timeout?: number | undefined;
  /** The pause between two looks at the nodes, in milliseconds. Default 50. */
  readonly pollInterval?: number | undefined;
}

/** Asks all nodes. */
export type AskNodes = (command: string, options: InfoOptions) => Promise<InfoAnswers>;

const NAME_LIMIT = 127;
const WAIT_TIMEOUT = 10_000;
const POLL_INTERVAL = 50;
/** The bound on one look at the nodes. */
const LOOK_TIMEOUT = 1000;
/** What info commands are made of. */
const RESERVED = /[;:,=\s\p{Cc}]/u;
const encoder: TextEncoder = new TextEncoder();

/**
 * A module on its way to the nodes, or off them. One node has accepted it; {@link UdfTask.done} waits for all.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const task = await client.registerUdf({ name: "math2.lua", source: "function double(rec, x) return 2 * x end" });
 * await task.done({ timeout: 5000 });
 * console.log(await client.apply(new Key("test", "users", "alice"), "math2", "double", [21])); // 42
 * ```
 */
export class UdfTask {
  /** The module's name, with `.lua`. */
  readonly name: string;
  readonly #ask: AskNodes;
  /** What every node is to answer. */
  readonly #isDone: (answer: string) => boolean;

  /** Made by `registerUdf` and `removeUdf`; `source` is undefined where the module is removed. */
  constructor(name: string, source: Uint8Array | undefined, ask: AskNodes) {
    this.name = name;
    this.#ask = ask;
    const content = source === undefined ? undefined : `content=${base64(source)};`;
    this.#isDone = (answer) => content === undefined ? answer.startsWith("error=not_found") : answer.includes(content);
  }

  /** Whether all nodes have the module as it was registered, or none has it any more. */
  async isDone(options: AdminOptions = {}): Promise<boolean> {
    checkNames(options, "options", ADMIN_OPTIONS);
    return (await this.#behind(options)).length === 0;
  }

  /**
   * Waits until all nodes have the module as it was registered, or none has it any more. Nodes that do not answer, or
   * cannot be reached, are asked again.
   *
   * @throws {AerospikeTimeoutError} after `timeout`; it names the nodes that are behind
   */
  async done(options: UdfWaitOptions = {}): Promise<void> {
    const { timeout, pollInterval, signal } = waitOptions(options);
    // What the last answers said stands, also where none came any more.
    let behind: string[] | undefined;
    let cause: Error | undefined;
    const late = () => {
      const why = behind === undefined ? cause?.message : `behind are ${behind.join(", ")}`;
      const message = `not all nodes followed with ${this.name} in ${timeout} ms`;
      return new AerospikeTimeoutError(why === undefined ? message : `${message}: ${why}`, { cause });
    };
    const deadline = new Deadline(timeout, () => performance.now(), signal, late);
    for (;;) {
      // A node that is silent takes one look along, and not the whole time.
      const look = { timeout: Math.min(deadline.left(), LOOK_TIMEOUT), signal };
      try {
        behind = await this.#behind(look);
        if (behind.length === 0) return;
        cause = undefined;
      } catch (error) {
        if (!(error instanceof AerospikeTimeoutError || error instanceof AerospikeConnectionError)) throw error;
        cause = error;
      }
      await deadline.pause(pollInterval);
    }
  }

  /** The nodes that are not yet there. */
  async #behind(options: InfoOptions): Promise<string[]> {
    const command = `udf-get:filename=${this.name}`;
    const answers = await this.#ask(command, { ...options, all: true });
    return Object.entries(answers).filter(([, answer]) => !this.#isDone(answer[command] ?? "")).map(([node]) => node);
  }
}

function waitOptions(options: object): { timeout: number; pollInterval: number; signal: AbortSignal | undefined } {
  checkNames(options, "options", ["timeout", "pollInterval", "signal"]);
  const { timeout = WAIT_TIMEOUT, pollInterval = POLL_INTERVAL, signal } = options;
  return {
    timeout: integerOption(timeout, "options.timeout", 1, MS_LIMIT),
    pollInterval: integerOption(pollInterval, "options.pollInterval", 1, MS_LIMIT),
    signal: signal === undefined ? undefined : signalOption(signal, "options.signal"),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** Gives the name of a module; the server keeps it as the name of a file. */
export function udfName(value: unknown, path: string): string {
  const name = stringOption(value, path);
  const cure = RESERVED.test(name)
    ? "it must not have any of ; : , = and white space"
    : encoder.encode(name).length > NAME_LIMIT
    ? `it has at most ${NAME_LIMIT} bytes`
    : undefined;
  if (cure !== undefined) throw new InvalidArgumentError(`${path} is ${JSON.stringify(name.slice(0, 60))}: ${cure}`);
  return name;
}

/** A module as it is registered. */
export interface UdfModule {
  /** Its name. */
  readonly name: string;
  /** Its source. */
  readonly source: Uint8Array;
}

/** Checks what is to be registered, and reads its file where it is one. */
export async function readUdfSource(given: UdfSource): Promise<UdfModule> {
  if (typeof given !== "object" || given === null) {
    throw new InvalidArgumentError(`the module is ${describe(given)}: give { source, name } or { file }`);
  }
  const fields: { readonly source?: unknown; readonly file?: unknown; readonly name?: unknown } = given;
  const { source, file, name } = fields;
  for (const field in fields) if (!FIELDS.includes(field)) throw unknownOption(field, "module", FIELDS);
  if ((source === undefined) === (file === undefined)) {
    throw new InvalidArgumentError("the module needs either source or file: give { source, name } or { file }");
  }
  if (source !== undefined) return { name: luaName(name), source: sourceBytes(source) };
  const path = await filePath(file);
  const { basename } = await import("node:path");
  const own = luaName(name === undefined ? basename(path) : name);
  const { readFile } = await import("node:fs/promises");
  try {
    return { name: own, source: sourceBytes(await readFile(path)) };
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw cause;
    throw new InvalidArgumentError(`module.file cannot be read: ${path}`, { cause });
  }
}

const FIELDS: readonly string[] = ["source", "file", "name"];

function luaName(value: unknown): string {
  const name = udfName(value, "module.name");
  if (/[^/]\.lua$/.test(name)) return name;
  throw new InvalidArgumentError(`module.name is ${JSON.stringify(name.slice(0, 60))}: it must end in .lua`);
}

function sourceBytes(source: unknown): Uint8Array {
  const bytes = typeof source === "string" ? encoder.encode(source && stringOption(source, "module.source")) : source;
  if (!(bytes instanceof Uint8Array)) {
    throw new InvalidArgumentError(`module.source is ${describe(source)}: it must be a string or a Uint8Array`);
  }
  if (bytes.length === 0) {
    throw new InvalidArgumentError("the module is empty: the server refuses a source without bytes");
  }
  return bytes;
}

async function filePath(file: unknown): Promise<string> {
  if (!(file instanceof URL)) return stringOption(file, "module.file");
  if (file.protocol !== "file:") {
    throw new InvalidArgumentError(`module.file is a URL of ${file.protocol} and must be one of file:`);
  }
  const { fileURLToPath } = await import("node:url");
  return fileURLToPath(file);
}

/** The modules in an answer to `udf-list`: `filename=a.lua,hash=..,type=LUA;` for each. */
export function readUdfList(answer: string): UdfInfo[] {
  return answer.split(";").filter((line) => line !== "").map((line) => {
    const fields = new Map(
      line.split(",").map((field) => {
        const at = field.indexOf("=");
        return [field.slice(0, at), field.slice(at + 1)] as const;
      }),
    );
    return { name: fields.get("filename") ?? "", hash: fields.get("hash") ?? "", type: fields.get("type") ?? "" };
  });
}

/**
 * What a server says of a source that it refuses, for people: `compile_error;file=..;line=..;message=..` with the message in
 * Base64, which may have been cut. Undefined where it is another error.
 */
export function compileError(message: string): UdfError | undefined {
  const found = /compile_error;file=([^;]*);line=(\d*);message=([A-Za-z0-9+/]*)/.exec(message);
  if (found === null) return undefined;
  const [, file, line, text = ""] = found;
  // One character too many has no byte yet, and Deno 2.5 refuses it.
  const whole = text.length % 4 === 1 ? text.slice(0, -1) : text;
  return new UdfError(`UDF (100): ${file}:${line}: ${Buffer.from(whole, "base64").toString("utf8")}`, { sent: true });
}
