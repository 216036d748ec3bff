/**
 * A connection that sends record commands byte by byte, and gives the answers byte by byte.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Socket } from "node:net";

/** One operation as the wire has it. */
export interface RawOperation {
  readonly op: number;
  readonly particle: number;
  readonly bin: string;
  readonly data: Uint8Array;
}

/** A command on one record: bits of the header's first three info bytes, its operations, and what the record must fulfil. */
export interface RawCommand {
  readonly info: readonly [number, number, number];
  readonly operations: readonly RawOperation[];
  readonly filter?: Uint8Array;
}

/** What came back. */
export interface RawAnswer {
  readonly code: number;
  readonly generation: number;
  readonly operations: readonly RawOperation[];
}

/** Bits of the info bytes. */
export const INFO1 = { READ: 1, GET_ALL: 2 } as const;
export const INFO2 = { WRITE: 1, DELETE: 2, RESPOND_ALL: 128 } as const;

const FIELD = { NAMESPACE: 0, SET: 1, DIGEST: 4, FILTER: 43 } as const;
const PROTO = 8;
const HEADER = 22;
const TIMEOUT_MS = 10_000;

/** A connection. Commands on it wait for one another. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #set: string;
  #received = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();
  #waiting: { resolve(frame: Buffer): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket, set: string) {
    this.#socket = socket;
    this.#set = set;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** Connects to the first of the hosts; records are in this set of namespace "test". */
  static connect(hosts: string, set: string): Promise<RawConnection> {
    const [host = "", port = "3000"] = (hosts.split(",")[0] ?? "").split(":");
    return new Promise((resolve, reject) => {
      const socket = new Socket();
      socket.setNoDelay(true);
      socket.once("error", reject);
      socket.connect(Number(port), host, () => resolve(new RawConnection(socket, set)));
    });
  }

  /** Runs a command on the record with this digest. */
  run(digest: Uint8Array, command: RawCommand): Promise<RawAnswer> {
    const answer = this.#last.then(() => this.#exchange(encode(this.#set, digest, command))).then(decode);
    this.#last = answer.catch(() => undefined); // the next command does not depend on this one
    return answer;
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  #exchange(frame: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(new Error("no answer")), TIMEOUT_MS);
      this.#waiting = {
        resolve: (answer) => (clearTimeout(timer), resolve(answer)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      };
      this.#socket.write(frame);
    });
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < PROTO) return;
    const end = PROTO + this.#received.readUIntBE(2, 6);
    if (this.#received.length < end) return;
    const frame = this.#received.subarray(0, end);
    this.#received = this.#received.subarray(end);
    this.#waiting?.resolve(frame);
    this.#waiting = undefined;
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

function encode(set: string, digest: Uint8Array, command: RawCommand): Buffer {
  const header = Buffer.alloc(HEADER);
  header[0] = HEADER;
  header.set(command.info, 1);
  header.writeUInt32BE(TIMEOUT_MS, 14);
  header.writeUInt16BE(command.filter === undefined ? 3 : 4, 18);
  header.writeUInt16BE(command.operations.length, 20);
  const body = Buffer.concat([
    header,
    field(FIELD.NAMESPACE, Buffer.from("test")),
    field(FIELD.SET, Buffer.from(set)),
    field(FIELD.DIGEST, digest),
    ...(command.filter === undefined ? [] : [field(FIELD.FILTER, command.filter)]),
    ...command.operations.map(encodeOperation),
  ]);
  const proto = Buffer.from([2, 3, 0, 0, 0, 0, 0, 0]);
  proto.writeUIntBE(body.length, 2, 6);
  return Buffer.concat([proto, body]);
}

function field(type: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(data.length + 1);
  head[4] = type;
  return Buffer.concat([head, data]);
}

function encodeOperation({ op, particle, bin, data }: RawOperation): Buffer {
  const name = Buffer.from(bin);
  const head = Buffer.from([0, 0, 0, 0, op, particle, 0, name.length]);
  head.writeUInt32BE(4 + name.length + data.length);
  return Buffer.concat([head, name, data]);
}

function decode(frame: Buffer): RawAnswer {
  const message = frame.subarray(PROTO);
  const operations: RawOperation[] = [];
  let offset = message[0] as number;
  for (let fields = message.readUInt16BE(18); fields > 0; fields--) offset += 4 + message.readUInt32BE(offset);
  for (let left = message.readUInt16BE(20); left > 0; left--) {
    const end = offset + 4 + message.readUInt32BE(offset);
    const data = offset + 8 + (message[offset + 7] as number);
    operations.push({
      op: message[offset + 4] as number,
      particle: message[offset + 5] as number,
      bin: message.toString("utf8", offset + 8, data),
      data: message.subarray(data, end),
    });
    offset = end;
  }
  return { code: message[5] as number, generation: message.readUInt32BE(6), operations };
}
