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
  readonly generation?: number;
  readonly ttl?: number;
  /** Sent as the one row of a batch, with the filter in the row or in the batch. */
  readonly batch?: "row" | "all";
}

/** What came back. */
export interface RawAnswer {
  readonly code: number;
  readonly generation: number;
  /** When the record ends: seconds since 2010, 0 for never. */
  readonly voidTime: number;
  readonly operations: readonly RawOperation[];
}

/** Bits of the info bytes. */
export const INFO1 = { READ: 1, GET_ALL: 2 } as const;
export const INFO2 = {
  WRITE: 1,
  DELETE: 2,
  GENERATION: 4,
  GENERATION_GREATER: 8,
  CREATE_ONLY: 32,
  RESPOND_ALL: 128,
} as const;
export const INFO3 = { UPDATE_ONLY: 8, CREATE_OR_REPLACE: 16, REPLACE_ONLY: 32 } as const;

const FIELD = { NAMESPACE: 0, SET: 1, DIGEST: 4, BATCH: 41, FILTER: 43 } as const;
const BATCH_INFO1 = 9;
/** Bits of a row: info bytes, a generation and a time to live follow. */
const ROW_ATTRIBUTES = 2 | 4 | 8;
const RESPOND_ALL_KEYS = 4;
const LAST = 1;
const PROTO = 8;
const HEADER = 22;
const TIMEOUT_MS = 10_000;

/** The command that is answered next. */
interface Waiting {
  readonly isBatch: boolean;
  readonly answers: RawAnswer[];
  resolve(answer: RawAnswer): void;
  reject(error: Error): void;
}

/** A connection. Commands on it wait for one another. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #set: string;
  #received = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | undefined;

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
    const frame = encode(this.#set, digest, command);
    const answer = this.#last.then(() => this.#exchange(frame, command.batch !== undefined));
    this.#last = answer.catch(() => undefined); // the next command does not depend on this one
    return answer;
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  #exchange(frame: Buffer, isBatch: boolean): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(new Error("no answer")), TIMEOUT_MS);
      this.#waiting = {
        isBatch,
        answers: [],
        resolve: (answer) => (clearTimeout(timer), resolve(answer)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      };
      this.#socket.write(frame);
    });
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= PROTO) {
      const end = PROTO + this.#received.readUIntBE(2, 6);
      if (this.#received.length < end) return;
      const frame = this.#received.subarray(PROTO, end);
      this.#received = this.#received.subarray(end);
      this.#answer(frame);
    }
  }

  /** A batch has a message for its row and one that says that it is the last; any other command has one. */
  #answer(frame: Buffer): void {
    const waiting = this.#waiting;
    for (let rest = frame; waiting !== undefined && rest.length > 0;) {
      const { answer, isLast, length } = decode(rest);
      rest = rest.subarray(length);
      waiting.answers.push(answer);
      if (waiting.isBatch && !isLast) continue;
      this.#waiting = undefined;
      return waiting.resolve(waiting.answers[0] as RawAnswer);
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

function encode(set: string, digest: Uint8Array, command: RawCommand): Buffer {
  const fields = [field(FIELD.NAMESPACE, Buffer.from("test")), field(FIELD.SET, Buffer.from(set))];
  const filter = command.filter === undefined ? [] : [field(FIELD.FILTER, command.filter)];
  if (command.batch === undefined) {
    return message(command, [...fields, field(FIELD.DIGEST, digest), ...filter], command.operations);
  }
  const inRow = command.batch === "row" ? [...fields, ...filter] : fields;
  const row = Buffer.alloc(14);
  row[0] = ROW_ATTRIBUTES;
  row.set(command.info, 1);
  row.writeUInt16BE(command.generation ?? 0, 4);
  row.writeUInt32BE(command.ttl ?? 0, 6);
  row.writeUInt16BE(inRow.length, 10);
  row.writeUInt16BE(command.operations.length, 12);
  // One row, which is to be answered even when it fails, and whose index is 0.
  const rows = Buffer.from([0, 0, 0, 1, RESPOND_ALL_KEYS, 0, 0, 0, 0]);
  const batch = field(
    FIELD.BATCH,
    Buffer.concat([rows, digest, row, ...inRow, ...command.operations.map(encodeOperation)]),
  );
  return message({ info: [BATCH_INFO1, 0, 0] }, command.batch === "all" ? [batch, ...filter] : [batch], []);
}

function message(
  { info, generation = 0, ttl = 0 }: Pick<RawCommand, "info" | "generation" | "ttl">,
  fields: readonly Buffer[],
  operations: readonly RawOperation[],
): Buffer {
  const header = Buffer.alloc(HEADER);
  header[0] = HEADER;
  header.set(info, 1);
  header.writeUInt32BE(generation, 6);
  header.writeUInt32BE(ttl, 10);
  header.writeUInt32BE(TIMEOUT_MS, 14);
  header.writeUInt16BE(fields.length, 18);
  header.writeUInt16BE(operations.length, 20);
  const body = Buffer.concat([header, ...fields, ...operations.map(encodeOperation)]);
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

/** The first message of a frame. */
function decode(message: Buffer): { answer: RawAnswer; isLast: boolean; length: number } {
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
  const answer = {
    code: message[5] as number,
    generation: message.readUInt32BE(6),
    voidTime: message.readUInt32BE(10),
    operations,
  };
  return { answer, isLast: ((message[3] as number) & LAST) !== 0, length: offset };
}
