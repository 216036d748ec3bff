// This client's operations, for the cases that all clients build: `ours.ts build|look|filter`.
import {
  type BinValue,
  bit,
  type Client,
  connect,
  type Context,
  ctx,
  FilteredOutError,
  hll,
  Key,
  list,
  map,
  op,
  type Operation,
  ServerError,
} from "../../../mod.ts";
import { answer, each, fromClient, readRequest, toClient } from "../canonical.mjs";
import { make, special } from "../ours-values.ts";
import { FILTERED, filters } from "./ours-filters.ts";

type Builder = (bin: string, ...parts: unknown[]) => Operation;
type Step = readonly [kind: string, args: Record<string, unknown>, options: Record<string, unknown>];
interface Case {
  readonly name: string;
  readonly writes: readonly Step[];
  readonly reads: readonly Step[];
}

const BIN = "bin";
const FAMILIES: Record<string, Record<string, Builder>> = {
  list: list as unknown as Record<string, Builder>,
  map: map as unknown as Record<string, Builder>,
  bit: bit as unknown as Record<string, Builder>,
  hll: hll as unknown as Record<string, Builder>,
};
/** Arguments that are options here. */
const AS_OPTIONS = new Set(["list.create", "map.create", "map.setPolicy"]);

const given = (value: unknown) => typeof value === "object" ? toClient(value, make) : value;

function step([kind, at, order, pad]: readonly [string, unknown, string?, boolean?]): Context {
  const builder = ctx[kind as keyof typeof ctx] as (at: unknown, options?: object) => Context;
  if (order === undefined) return builder(given(at));
  return builder(given(at), pad === undefined ? { order } : { order, pad });
}

function operation([kind, args, { ctx: steps, ...options }]: Step): Operation {
  const own = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, given(value)]));
  if (kind === "put") return op.write(BIN, own["value"] as BinValue);
  const [family = "", name = ""] = kind.split(".");
  const builder = FAMILIES[family]?.[name];
  if (builder === undefined) throw new Error(`no ${kind}`);
  const all = steps === undefined ? options : { ...options, ctx: (steps as Parameters<typeof step>[0][]).map(step) };
  if (AS_OPTIONS.has(kind)) return builder(BIN, { ...own, ...all });
  if (kind === "hll.add") {
    const { values, ...bits } = own;
    return builder(BIN, values, { ...bits, ...all });
  }
  if (name.endsWith("Range")) return builder(BIN, own, all);
  return builder(BIN, ...Object.values(own), ...(Object.keys(all).length > 0 ? [all] : []));
}

async function run(client: Client, key: Key, one: Step): Promise<unknown> {
  try {
    const record = await client.operate(key, [operation(one)]);
    return fromClient(record?.results[0] ?? null, special);
  } catch (error) {
    if (error instanceof ServerError) return { code: error.code };
    throw error;
  }
}

const request = await readRequest() as {
  readonly command: "build" | "look" | "filter";
  readonly hosts: string;
  readonly namespace: string;
  readonly set: string;
  readonly cases: readonly Case[];
};
const patient = { totalTimeout: 20_000, socketTimeout: 20_000 };
await using client = await connect({
  hosts: request.hosts,
  doubles: "wrapped",
  maps: "map",
  policies: { read: patient, write: patient },
});
const keyOf = (name: string) => new Key(request.namespace, request.set, name);

const commands = {
  build: () =>
    each(request.cases, async ({ name, writes }: Case) => {
      await client.remove(keyOf(name));
      const answers = [];
      for (const one of writes) answers.push(await run(client, keyOf(name), one));
      return { answers };
    }),
  look: () =>
    each(request.cases, async ({ name, reads }: Case) => {
      const record = await client.get(keyOf(name));
      const answers = [];
      for (const one of reads) answers.push(await run(client, keyOf(name), one));
      return { bin: fromClient(record?.bins[BIN], special), answers };
    }),
  filter: async () => {
    await client.put(keyOf("filtered"), FILTERED);
    return await each(Object.keys(filters).map((name) => ({ name })), async ({ name }: { name: string }) => {
      try {
        return { passes: (await client.get(keyOf("filtered"), { filter: filters[name] })) !== null };
      } catch (error) {
        if (error instanceof FilteredOutError) return { passes: false };
        throw error;
      }
    });
  },
};
await answer(await commands[request.command]());
