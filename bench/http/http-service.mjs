// A server that is measured over HTTP: its processes and the load generator, to the harness one client as any other.
import { peakRss, resetPeakRss } from "../resident-memory.mjs";
import { WorkerProcess } from "../worker-process.mjs";
import { readScrape } from "./histograms.mjs";

/** Questions that a server's process answers by itself. */
const OWN = new Set(["load", "sample"]);

export class HttpService {
  #processes;
  #generator;
  #pids = new Set();
  #sums;
  #scored;
  name;
  version;
  needs;
  port;
  peakRssMiB = null;

  constructor(name, processes, generator, scored) {
    this.name = name;
    this.#processes = processes;
    this.#generator = generator;
    this.#scored = scored;
  }

  /** Resolves when the processes are connected and listen, all on one port. */
  async start() {
    // One after the other: the first one's port is everybody's.
    let port = 0;
    for (const one of this.#processes) {
      await one.start();
      ({ port, sums: this.#sums } = await one.ask({ case: "listen", port, shared: this.#processes.length > 1 }));
    }
    this.port = port;
    const [{ version }] = this.#processes;
    this.version = this.#processes.length > 1 ? `${version}, ${this.#processes.length} processes on one port` : version;
    return this;
  }

  /** What one request answers, as any client of the server gets it. */
  async predict(r) {
    const response = await fetch(`http://127.0.0.1:${this.port}/predict?r=${r}`);
    if (!response.ok) throw new Error(`${this.name} answered ${response.status}: ${await response.text()}`);
    return await response.json();
  }

  get sums() {
    return this.#sums;
  }

  /** Measures one load, or passes on what a process answers by itself. */
  async ask(request) {
    if (OWN.has(request.case)) return await this.#processes[0].ask(request);
    await this.#all({ case: "begin" });
    const { port } = this;
    // What began has to end, or the next one would be measured with it.
    const [seen, ends] = await this.#load({ ...request, port, sums: this.#sums, scored: this.#scored }).then(
      async (answer) => [answer, await this.#all({ case: "end" })],
      async (error) => {
        await this.#all({ case: "end" });
        throw error;
      },
    );
    const replicas = ends.flatMap((end) => end.replicas);
    const primaries = ends.flatMap((end) => end.primary ?? []);
    for (const { pid } of [...replicas, ...primaries]) this.#pids.add(pid);
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    return {
      ...seen,
      // A Worker's is in that of its process, the primary.
      cpuSeconds: sum([...replicas, ...primaries].map((one) => one.cpuSeconds ?? 0)),
      threadSeconds: replicas.some((one) => one.threadSeconds === null)
        ? null
        : sum(replicas.map((one) => one.threadSeconds)),
      // Of that event loop that was the latest.
      lagP50: Math.max(...replicas.map((one) => one.lagP50)),
      lagP99: Math.max(...replicas.map((one) => one.lagP99)),
      replicas: replicas.map(({ pid: _, scrape, ...one }) => ({ ...one, stages: readScrape(scrape) })),
    };
  }

  async #load(request) {
    try {
      return await this.#generator.ask(request);
    } catch (error) {
      throw new Error(`${this.name}: ${error.message}`, { cause: error });
    }
  }

  #all(request) {
    return Promise.all(this.#processes.map((one) => one.ask(request)));
  }

  /** From here on {@link readPeakRss} is about what comes. */
  resetPeakRss() {
    this.readPeakRss();
    for (const pid of this.#pids) resetPeakRss(pid);
  }

  /** The peaks of all its processes together, in MiB; null where the system does not say, or nothing was measured yet. */
  readPeakRss() {
    const peaks = Array.from(this.#pids, peakRss);
    if (peaks.length === 0 || peaks.includes(null)) return null;
    const sum = peaks.reduce((total, peak) => total + peak, 0);
    this.peakRssMiB = Math.max(this.peakRssMiB ?? 0, sum);
    return sum;
  }

  async stop() {
    await Promise.all(this.#processes.map((one) => one.stop()));
  }
}

/**
 * Starts `{ name: { command, args, env, processes, scored } }` as `startWorkers` starts clients, and with them the load
 * generator that they share, which `stopGenerator()` ends.
 */
export async function startServices(definitions, env) {
  const generator = new WorkerProcess("load generator", process.execPath, ["bench/http/load-generator.mjs"], env);
  const workers = [];
  const failures = [];
  try {
    await generator.start();
    for (const [name, { command, args, env: own, processes, scored }] of Object.entries(definitions)) {
      const all = Array.from(
        { length: processes },
        () => new WorkerProcess(name, command, args, { ...env, ...own, BENCH_CLIENT: name }),
      );
      const service = new HttpService(name, all, generator, scored);
      try {
        workers.push(await service.start());
      } catch (error) {
        failures.push(error.message);
        await service.stop();
      }
    }
  } catch (error) {
    await Promise.all([generator, ...workers].map((one) => one.stop()));
    throw error;
  }
  return { workers, failures, leftOut: [], stopGenerator: () => generator.stop() };
}
