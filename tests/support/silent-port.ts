/**
 * Ports that are no server.
 *
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";

/** A port that accepts connections and says nothing. */
export class SilentPort implements Disposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      // Read, so that the other side is never refused; nothing is answered.
      socket.resume();
    });
  }

  static async open(): Promise<SilentPort> {
    const server = createServer();
    return new SilentPort(server, await listen(server));
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A port of this machine on which nothing listens. */
export async function refusedHost(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `127.0.0.1:${port}`;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("no port"));
    });
  });
}
