/**
 * A server that refuses what an emulator would carry out.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createServer, type Server, Socket } from "node:net";
import type { Emulator } from "../../emulator/mod.ts";

const HEADER = 8;
const MESSAGE = 3;
const MESSAGE_HEADER = 22;
const RESULT_OFFSET = 5;

/** Stands in front of an emulator: info goes through, every command is answered with one result code or other bytes. */
export class RefusingServer implements Disposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Its address, for a client with `seedOnlyCluster`: the emulator's info names the emulator. */
  readonly host: string;
  /** The commands that it has refused, as they were sent. */
  readonly messages: Buffer[] = [];

  private constructor(server: Server, port: number, emulator: Emulator, answer: (client: Socket) => void) {
    this.#server = server;
    this.host = `127.0.0.1:${port}`;
    server.on("connection", (socket) => this.#serve(socket, emulator, answer));
  }

  /** Answers with a result code. */
  static open(emulator: Emulator, code: number): Promise<RefusingServer> {
    return RefusingServer.#listen(emulator, (client) => void client.write(framed(refusal(code))));
  }

  /** Answers with the body of a message, and ends the connection. */
  static saying(emulator: Emulator, body: () => Uint8Array): Promise<RefusingServer> {
    return RefusingServer.#listen(emulator, (client) => void client.end(framed(body())));
  }

  static #listen(emulator: Emulator, answer: (client: Socket) => void): Promise<RefusingServer> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) {
          resolve(new RefusingServer(server, address.port, emulator, answer));
        } else reject(new Error("no port"));
      });
    });
  }

  /** How many commands it has refused. */
  get refused(): number {
    return this.messages.length;
  }

  #serve(client: Socket, emulator: Emulator, answer: (client: Socket) => void): void {
    const behind = new Socket();
    for (const [socket, other] of [[client, behind], [behind, client]] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    behind.on("data", (chunk) => client.write(chunk));
    behind.connect(emulator.port, emulator.host);
    let input: Buffer = Buffer.alloc(0);
    client.on("data", (chunk: Buffer) => {
      input = Buffer.concat([input, chunk]);
      while (input.length >= HEADER) {
        const end = HEADER + input.readUIntBE(2, 6);
        if (input.length < end) return;
        if (input[1] === MESSAGE) {
          this.messages.push(Buffer.from(input.subarray(0, end)));
          answer(client);
        } else behind.write(input.subarray(0, end));
        input = input.subarray(end);
      }
    });
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A message without fields and operations. */
function refusal(code: number): Uint8Array {
  const message = new Uint8Array(MESSAGE_HEADER);
  message[0] = MESSAGE_HEADER;
  message[RESULT_OFFSET] = code;
  return message;
}

function framed(body: Uint8Array): Buffer {
  const message = Buffer.alloc(HEADER + body.length);
  message.set([2, MESSAGE]);
  message.writeUIntBE(body.length, 2, 6);
  message.set(body, HEADER);
  return message;
}
