/**
 * Replies that no server sends, given to the native library over the network.
 *
 * @module
 */
import { assertEquals, AssertionError } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { AerospikeError, type BinValue, connect, Key } from "../../mod.ts";
import { Emulator } from "../../emulator/mod.ts";
import { encodeBins } from "../../src/codec/particle.ts";
import { holds, values } from "./arbitraries.ts";
import { PATHS } from "./both-paths.ts";
import { edited, edits } from "./edits.ts";
import { RefusingServer } from "./refusing-server.ts";

const HEADER = 22;
const LAST = 1;
const LONG_MS = 10_000;
const key = new Key("test", "s", 1);

/** A message of one bin: `more` ends an answer of several. */
function message(value: BinValue, row = 0): Uint8Array {
  const particle = encodeBins({ a: value }).subarray(4);
  const payload = particle.subarray(5);
  const bytes = Buffer.alloc(HEADER + 9 + payload.length);
  bytes[0] = HEADER;
  bytes.writeUInt32BE(1, 6);
  bytes.writeUInt32BE(row, 14);
  bytes.writeUInt16BE(1, 20);
  bytes.writeUInt32BE(5 + payload.length, HEADER);
  bytes.set([1, particle[0] as number, 0, 1, 97], HEADER + 4);
  bytes.set(payload, HEADER + 9);
  return bytes;
}

function last(): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  bytes[0] = HEADER;
  bytes[3] = LAST;
  return bytes;
}

const single = (value: BinValue) => message(value ?? 0);
const batch = (value: BinValue) => Buffer.concat([message(value ?? 0), message(7, 1), last()]);

/** What a client gives for it: a value, or an error of its own. */
async function settles(command: Promise<unknown>): Promise<void> {
  await command.catch((error) => {
    if (!AerospikeError.is(error)) throw new AssertionError(`no error of this client: ${error}`, { cause: error });
  });
}

/** Answers reads with so many generated replies, on both read paths. */
export async function assertReplies(runs: number): Promise<void> {
  await using emulator = await Emulator.start();
  let body = single(5);
  using server = await RefusingServer.saying(emulator, () => body);
  await using client = await connect({ hosts: server.host, seedOnlyCluster: true, maxErrorRate: 0 });
  const policy = { maxRetries: 0, totalTimeout: LONG_MS };
  const bins = (path: typeof PATHS[number]) =>
    client.get(key, { ...policy, readPath: path }).then((found) => found?.bins);
  const replies = fc.tuple(fc.constantFrom(single, batch), values, edits, fc.constantFrom(...PATHS));
  await holds("replies", runs, replies, async ([form, value, all, readPath]) => {
    body = edited(form(value), all);
    await settles(client.get(key, { ...policy, readPath }));
    await settles(client.batchRead([key, key], { ...policy, readPath }).then((rows) => rows.toArray()));
  });
  // And goes on.
  body = single(5);
  for (const readPath of PATHS) assertEquals(await bins(readPath), { a: 5 });
}
