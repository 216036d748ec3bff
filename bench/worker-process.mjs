// One measured client as a process of its own, which answers one line of JSON to each line of JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import process from "node:process";
import { root } from "../scripts/setup.mjs";
import { peakRss, resetPeakRss } from "./resident-memory.mjs";

/** Beyond the time that a request may take by itself. */
const GRACE_MS = 60_000;

export class WorkerProcess {
  #child;
  #lines;
  #exited;
  name;
  version = "unknown";
  /** What is not installed here, without which this client cannot run. */
  needs = undefined;
  /** The most memory that the process has had resident, where the system says so. */
  peakRssMiB = null;

  constructor(name, command, args, env) {
    this.name = name;
    this.#child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    // A process that could not be started says so by "error"; then there is no line either.
    this.#child.on(
      "error",
      (error) => console.error(`${name}: ${error.message}`),
    );
    this.#child.stdin.on("error", () => {});
    this.#exited = once(this.#child, "close").catch(() => {});
    this.#lines = createInterface({ input: this.#child.stdout })
      [Symbol.asyncIterator]();
  }

  /** What the process says first. */
  hello() {
    return this.#next(GRACE_MS);
  }

  /** Resolves when the client is connected. */
  async start() {
    const hello = await this.hello();
    this.version = hello.version;
    this.needs = hello.needs;
    return this;
  }

  /** Sends one request and resolves with its answer; an answer that is an error is thrown. */
  ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#next((request.seconds ?? 0) * 1000 + GRACE_MS);
  }

  async #next(timeoutMs) {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), timeoutMs);
    try {
      const { value, done } = await this.#lines.next();
      if (done) {
        throw new Error(`${this.name}: the process ended without an answer`);
      }
      const answer = JSON.parse(value);
      if (answer.error !== undefined) {
        throw new Error(`${this.name}: ${answer.error}`);
      }
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  get pid() {
    return this.#child.pid;
  }

  /** From here on {@link readPeakRss} is about what comes. */
  resetPeakRss() {
    this.readPeakRss();
    resetPeakRss(this.pid);
  }

  /** The most memory that was resident since the last reset, in MiB; null where the system does not say. */
  readPeakRss() {
    const peak = peakRss(this.pid);
    if (peak !== null) this.peakRssMiB = Math.max(this.peakRssMiB ?? 0, peak);
    return peak;
  }

  async stop() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await this.#exited;
    clearTimeout(timer);
  }
}
