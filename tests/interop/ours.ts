// This client as a peer, in whichever runtime runs it: `ours.ts write|read|digest|clear`.
import { isDeepStrictEqual } from "node:util";
import { type BinValue, type Client, connect, Key } from "../../mod.ts";
import { answer, each, fromClient, readRequest, toClient } from "./canonical.mjs";
import { type Canonical, make, special } from "./ours-values.ts";

interface Request {
  readonly command: "write" | "read" | "digest" | "clear";
  readonly hosts: string;
  readonly namespace: string;
  readonly set: string;
  readonly values: readonly { readonly name: string; readonly value: Canonical }[];
  readonly keys: readonly { readonly name: string; readonly key: Canonical }[];
}

function write(client: Client, { namespace, set, values }: Request): Promise<unknown> {
  return each(values, async ({ name, value }: Request["values"][number]) => {
    await client.put(new Key(namespace, set, name), { name, value: toClient(value, make) as BinValue });
    return { ok: true };
  });
}

// Through both ways that a record can come.
async function read(client: Client, { namespace, set, values }: Request): Promise<unknown> {
  const rows = await client.batchRead(values.map(({ name }) => new Key(namespace, set, name)));
  return await each(values, async ({ name }: Request["values"][number], at: number) => {
    const record = await client.get(new Key(namespace, set, name));
    if (record === null) throw new Error("no such record");
    const value = fromClient(record.bins["value"], special);
    const batched = fromClient(rows.at(at)?.record?.bins["value"], special);
    if (!isDeepStrictEqual(value, batched)) throw new Error(`a batch has ${JSON.stringify(batched)?.slice(0, 200)}`);
    return { value };
  });
}

// A digest is computed twice: here, and in the native library, which gets the user key. A record that was put by the
// one and is found by the other says that both are the same.
function digest(client: Client, { namespace, set, keys }: Request): Promise<unknown> {
  return each(keys, async ({ key }: Request["keys"][number]) => {
    const used = new Key(namespace, set, toClient(key, make));
    await client.put(used, { a: 1 });
    if (!(await client.remove(Key.fromDigest(namespace, set, used.digest)))) {
      throw new Error("put with the user key, not found by the digest");
    }
    return { digest: used.digest.reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "") };
  });
}

function clear(client: Client, { namespace, set, values }: Request): Promise<unknown> {
  return each(values, async ({ name }: Request["values"][number]) => {
    return { ok: await client.remove(new Key(namespace, set, name)) };
  });
}

const request = await readRequest() as Request;
// Lossless: what an integral double is, and whether a map has string keys only, has to come back.
const patient = { totalTimeout: 20_000, socketTimeout: 20_000 };
const policies = { read: patient, write: patient, batch: patient };
await using client = await connect({ hosts: request.hosts, doubles: "wrapped", maps: "map", policies });
await answer(await { write, read, digest, clear }[request.command](client, request));
