/**
 * The server asked without the client, for what the client's API does not show.
 *
 * @module
 */
import { Socket } from "node:net";
import type { Key } from "../../mod.ts";

const FIELD_NAMESPACE = 0;
const FIELD_SET = 1;
const FIELD_USER_KEY = 2;
const FIELD_DIGEST = 4;
const READ_ALL = [0b11, 0] as const;
const WRITE = [0, 1] as const;
const HEADERS = 30;
const RESULT_OFFSET = 13;

/** The result code of a read that gives a record's digest and a user key that is not the record's. */
export function resultOfOtherUserKey(hosts: string, key: Key): Promise<number> {
  return resultWithOtherUserKey(hosts, key, READ_ALL, []);
}

/** Stores a record {a: 1} under a key's digest with a user key that is not the key's, which no client does. */
export async function storeUnderOtherUserKey(hosts: string, key: Key): Promise<void> {
  // The operation: length, write, an integer, version, a name of one byte, and the integer.
  const operation = Uint8Array.of(0, 0, 0, 13, 2, 1, 0, 1, 0x61, 0, 0, 0, 0, 0, 0, 0, 1);
  const result = await resultWithOtherUserKey(hosts, key, WRITE, [operation]);
  if (result !== 0) throw new Error(`the server refused the record with ${result}`);
}

async function resultWithOtherUserKey(
  hosts: string,
  key: Key,
  info: readonly [number, number],
  operations: readonly Uint8Array[],
): Promise<number> {
  const utf8 = new TextEncoder();
  const fields = [
    field(FIELD_NAMESPACE, utf8.encode(key.namespace)),
    field(FIELD_SET, utf8.encode(key.set)),
    field(FIELD_DIGEST, key.digest),
    field(FIELD_USER_KEY, utf8.encode("\x03not its user key")),
  ];
  const parts = [...fields, ...operations];
  const message = new Uint8Array(parts.reduce((sum, { length }) => sum + length, HEADERS));
  const view = new DataView(message.buffer);
  // Version 2, type 3, and the length in the low six bytes.
  view.setBigUint64(0, (2n << 56n) | (3n << 48n) | BigInt(message.length - 8));
  message.set([22, ...info], 8);
  view.setUint32(8 + 14, 1000);
  view.setUint16(8 + 18, fields.length);
  view.setUint16(8 + 20, operations.length);
  let offset = HEADERS;
  for (const bytes of parts) {
    message.set(bytes, offset);
    offset += bytes.length;
  }
  return (await exchange(hosts, message, RESULT_OFFSET + 1))[RESULT_OFFSET] as number;
}

function field(type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length + 1);
  bytes[4] = type;
  bytes.set(payload, 5);
  return bytes;
}

/** Sends bytes to the first host and gives what comes back, once it is that long. */
function exchange(hosts: string, message: Uint8Array, least: number): Promise<Uint8Array> {
  const [host = "", port = "3000"] = (hosts.split(",")[0] ?? "").split(":");
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    let received = new Uint8Array(0);
    socket.on("data", (chunk: Uint8Array) => {
      const all = new Uint8Array(received.length + chunk.length);
      all.set(received);
      all.set(chunk, received.length);
      received = all;
      if (received.length < least) return;
      socket.destroy();
      resolve(received);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`closed after ${received.length} bytes`)));
    socket.connect(Number(port), host, () => socket.write(message));
  });
}
