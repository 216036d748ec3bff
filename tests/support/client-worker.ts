/**
 * A Worker with a client, which does what it is asked to.
 *
 * @module
 */
import type { ClusterToken } from "../../mod.ts";

/** What it can be asked for, and what it answers: `tests/scripts/client-worker.ts`. */
export interface Asked {
  /** Makes a client by `connect`; gives its token. */
  connect: { options: object };
  /** Makes a client by `attach`. */
  attach: { token: ClusterToken; options?: object };
  /** Reads the bin "n" of keys 0 to `count` - 1 one by one, all at once; gives the values. */
  get: { set: string; count: number };
  /** The same for as long as the Worker lives, and echoes beside them; answers when it has begun. */
  busy: { set: string; count: number };
  /** Begins `count` writes; answers when the native library has them. */
  beginPuts: { set: string; count: number };
  /** Writes, reads, batches and columns; gives what came of them. */
  everything: { set: string };
  /** Begins a read and aborts it; gives the name of the error. */
  abort: { set: string };
  stats: object;
  close: { drain?: number };
  /** Ends the Worker from within. */
  end: object;
}

/** An error as it comes out of the Worker. */
export class WorkerError extends Error {
  override name = "WorkerError";
  /** The name of the error in the Worker. */
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** The Worker, from outside. */
export class ClientWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Starts one. */
  static async start(): Promise<ClientWorker> {
    const worker = new Worker(new URL("../scripts/client-worker.ts", import.meta.url).href, { type: "module" });
    const self = new ClientWorker(worker);
    await new Promise<void>((resolve, reject) => {
      worker.onerror = (event) => {
        event.preventDefault?.();
        reject(new Error(event.message));
        for (const { reject } of self.#waiting.values()) reject(new Error(event.message));
      };
      worker.onmessage = ({ data }) => data === "ready" ? resolve() : self.#answer(data);
    });
    return self;
  }

  /** One that has attached. */
  static async attached(token: ClusterToken, options?: object): Promise<ClientWorker> {
    const worker = await ClientWorker.start();
    await worker.ask("attach", { token, ...(options === undefined ? {} : { options }) });
    return worker;
  }

  /** Asks for something. Where the Worker is terminated before it answers, the promise stays as it is. */
  ask<W extends keyof Asked>(what: W, details: Asked[W]): Promise<unknown> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, what, details });
    });
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #answer({ id, result, error }: { id: number; result?: unknown; error?: { name: string; message: string } }): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new WorkerError(error.name, error.message));
  }
}
