/**
 * A script that is stopped in the middle of its commands, as by ctrl-Z, and continued when all its connections are gone.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Emulator } from "../../emulator/mod.ts";
import { Key } from "../../mod.ts";
import { isBun } from "./runtime.ts";
import { pause, until } from "./wait.ts";

/** What became of one command. */
export interface Outcome {
  /** Which command it was, and where it was when the process was stopped. */
  readonly what: string;
  /** What it gave. */
  readonly value?: unknown;
  /** What it rejected with. */
  readonly error?: { readonly message: string; readonly inDoubt: boolean; readonly sent: boolean };
}

/** What the script tells at its end. */
export interface Report {
  /** A read that was called after the stop. */
  readonly first: Outcome;
  /** The commands that were called before it. */
  readonly outcomes: readonly Outcome[];
  /** Its bin `n`, by key, once all of them were over. */
  readonly stored: readonly number[];
}

/** Where the commands are at the time of the stop. */
export type Where =
  /** At a server that does not answer, in the client's line behind those, and not submitted at all. */
  | "sent"
  /** At a client that finds no connection. */
  | "cut off"
  /** In the turn of the event loop in which they were called. */
  | "called";

/** The keys of the commands. Each has a record whose bin `n` is its number. */
export const keys: readonly Key[] = Array.from({ length: 100 }, (_, i) => new Key("test", "suspend", i));
/** How many commands of `"sent"` reach the server before the stop. */
export const SENT = 14;
/** How many messages they are. */
const MESSAGES = 13;

/** Runs the script with commands of that time-out, and stops it for so many milliseconds. */
export async function suspended(where: Where, totalTimeout: number, stop: number): Promise<Report> {
  await using emulator = await Emulator.start();
  emulator.load(keys.map((key, n) => ({ key, bins: { n } })));
  using script = new Script("suspended.ts", where, emulator.hosts, `${totalTimeout}`);
  assertEquals(await script.line(), "connected");
  const before = emulator.stats().commands;
  if (where === "sent") emulator.fault({ silence: true, dataOnly: true });
  if (where === "cut off") emulator.pause();
  script.say("go");
  if (where === "sent") await until("they arrived", () => emulator.stats().commands - before >= MESSAGES);
  else assertEquals(await script.line(), "called");
  if (where !== "called") script.signal("SIGSTOP");
  await pause(stop);
  // The fault ends with it.
  emulator.fault({ dropConnections: true });
  if (where === "cut off") emulator.resume();
  script.signal("SIGCONT");
  script.say("again");
  return JSON.parse(await script.line());
}

/** Says of every outcome that it is what was hoped for: none is allowed to be a time-out. */
export function assertSurvived({ first, outcomes, stored }: Report, sent: number): void {
  assertEquals(first.value, 0, first.error?.message);
  assert(outcomes.length > sent);
  for (const [i, { what, value, error }] of outcomes.entries()) {
    const isWrite = what.startsWith("add");
    if (isWrite && i < sent) {
      // The server has read it and done nothing, which nobody here can know.
      assertEquals([value, error?.inDoubt, error?.sent], [undefined, true, true], `${i}, ${what}: ${error?.message}`);
      assertEquals(stored[i], i, `${what} was sent again`);
    } else {
      assertEquals([value, error], [isWrite ? null : i, undefined], `${i}, ${what}: ${error?.message}`);
      assertEquals(stored[i], isWrite ? i + 1000 : i, `${i}, ${what}`);
    }
  }
}

class Script {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, ...args: string[]) {
    const file = fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));
    const flags = isBun ? ["run"] : ["run", "-A", "--no-check"];
    this.#child = spawn(process.execPath, [...flags, file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    assert(this.#child.stdout !== null);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    assert(!done, "the script ended early");
    return value;
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    process.kill(this.#child.pid as number, signal);
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
