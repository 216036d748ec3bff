/**
 * The server asked without the client, for what the client's API does not show.
 *
 * @module
 */
import { Socket } from "node:net";
import type { Key } from "../../mod.ts";

const FIELD_NAMESPACE = 0;
const FIELD_USER_KEY = 2;
const FIELD_DIGEST = 4;
const RESULT_OFFSET = 13;

/** The result code of a read that gives a record's digest and a user key that is not the record's. */
export async function resultOfOtherUserKey(hosts: string, key: Key): Promise<number> {
  const fields = [
    field(FIELD_NAMESPACE, new TextEncoder().encode(key.namespace)),
    field(FIELD_DIGEST, key.digest),
    field(FIELD_USER_KEY, new TextEncoder().encode("\x03not its user key")),
  ];
  const length = fields.reduce((sum, { length }) => sum + length, 0);
  const message = new Uint8Array(8 + 22 + length);
  const view = new DataView(message.buffer);
  // Version 2, type 3, and the length in the low six bytes.
  view.setBigUint64(0, (2n << 56n) | (3n << 48n) | BigInt(22 + length));
  message.set([22, 0b11], 8);
  view.setUint32(8 + 14, 1000);
  view.setUint16(8 + 18, fields.length);
  let offset = 30;
  for (const bytes of fields) {
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
