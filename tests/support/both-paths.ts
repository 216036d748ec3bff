/**
 * The two read paths side by side: data of every kind, and what each path makes of it.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type BatchReadOptions,
  type BatchReadRow,
  type BatchRows,
  type Client,
  connect,
  type ConnectOptions,
  Key,
  type ReadOptions,
  type ReadPath,
  type ReadStats,
} from "../../mod.ts";
import { canonical, RandomValues } from "./random.ts";
import { freshSet } from "./server.ts";
import { pause, until } from "./wait.ts";

/** More than anything takes. */
export const LONG_MS = 30_000;
/** The paths that a read can take. */
export const PATHS: readonly ReadPath[] = ["direct", "core"];
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** A client whose direct path knows the partitions. */
export async function ready(options: ConnectOptions): Promise<Client> {
  const client = await connect(options);
  await until("the direct path is ready", async () => (await client.stats()).direct.ready);
  return client;
}

/** What reads did between two looks. */
export async function during(client: Client, reads: () => Promise<unknown>): Promise<ReadStats> {
  const before = await client.stats();
  await reads();
  const after = await client.stats();
  const fallbacks: Record<string, number> = {};
  for (const [reason, count] of Object.entries(after.direct.fallbacks)) {
    const more = count - (before.direct.fallbacks[reason] ?? 0);
    if (more > 0) fallbacks[reason] = more;
  }
  return {
    direct: {
      ...after.direct,
      attempts: after.direct.attempts - before.direct.attempts,
      rows: after.direct.rows - before.direct.rows,
      answered: after.direct.answered - before.direct.answered,
      fallbacks,
    },
    core: { reads: after.core.reads - before.core.reads, rows: after.core.rows - before.core.rows },
  };
}

/**
 * Rows that left the direct path because the machine stood still, not because of the client. A connection takes no reads
 * for a while after 200 ms without a reply (`busy`), and after 250 ms those behind the first are asked again through core
 * (`behind`): such a row may reach a server twice. All are none where nothing stood still.
 */
export function byStalls({ direct }: ReadStats): { rows: number; twice: number; others: Record<string, number> } {
  const { busy = 0, behind = 0, ...others } = direct.fallbacks;
  return { rows: busy + behind, twice: behind, others };
}

/** For numbers of which stalls may add to the least. */
export function assertWithin(actual: number, least: number, most: number, what = "it"): void {
  assert(least <= actual && actual <= most, `${what} is ${actual}, and not from ${least} to ${most}`);
}

/** What a read gives, in a form that can be compared. */
export interface Seen {
  readonly status: string;
  readonly code: number;
  readonly error: string | undefined;
  readonly bins: readonly string[] | undefined;
  readonly generation: number | undefined;
  readonly ttl: number | "never" | undefined;
}

type Found = { readonly bins: object; readonly generation: number; readonly ttl: number | "never" } | null;

export function seenRecord(record: Found): Pick<Seen, "bins" | "generation" | "ttl"> {
  return {
    bins: record === null
      ? undefined
      : Object.entries(record.bins).map(([name, value]) => `${name}=${canonical(value)}`),
    generation: record?.generation,
    ttl: record?.ttl,
  };
}

export function seenRows(rows: BatchRows): Seen[] {
  return rows.toArray().map((row) => ({
    status: row.status,
    code: row.code,
    error: row.error?.codeName,
    ...seenRecord(row.record),
  }));
}

/** A second may pass between two reads. */
export function assertSame(direct: Seen, core: Seen, what: string): void {
  const near = typeof direct.ttl === "number" && typeof core.ttl === "number" && Math.abs(direct.ttl - core.ttl) <= 2;
  assertEquals({ ...direct, ttl: near ? core.ttl : direct.ttl }, core, what);
}

/** Keys, most of which have a record, and names of bins, which records have some of. */
export interface Data {
  readonly keys: Key[];
  readonly names: readonly string[];
}

/** Records of every kind of value in three sets, with and without a ttl, rewritten or not; a third is missing. */
export async function data(client: Client, seed: number, count: number): Promise<Data> {
  const random = new RandomValues(seed);
  const sets = [freshSet(), freshSet(), ""];
  const names = range(12).map((i) => `${"bin-name-of-15b".slice(0, 1 + random.below(12))}${i}`);
  const keys: Key[] = [];
  for (const i of range(count)) {
    const set = sets[i % 3] as string;
    const own = `${seed}-${process()}-${i}`;
    const user = [own, random.bytes(20), random.integer(), own][random.below(4)] as string;
    const key = new Key(i % 7 === 0 ? "bar" : "test", set, set === "" ? own : user);
    keys.push(key);
    if (random.below(3) === 0) continue;
    const bins: Record<string, unknown> = {};
    for (let n = 1 + random.below(10); n > 0; n--) bins[names[random.below(names.length)] as string] = random.value(3);
    const ttl = random.below(2) === 0 ? 1000 + random.below(100_000) : undefined;
    await client.put(key, bins as Record<string, string>, { ttl, totalTimeout: LONG_MS });
    if (random.below(2) === 0) await client.put(key, { [names[0] as string]: i }, { ttl, totalTimeout: LONG_MS });
  }
  return { keys, names };
}

let serial = 0;
/** Tells the keys of one run from those of another, where there is no set to do it. */
function process(): string {
  return `${freshSet()}${serial++}`;
}

/** Shows that both paths see the same in the same keys, in batches of several shapes and one by one. */
export async function compare(
  client: Client,
  { keys, names }: Data,
  random: RandomValues,
  policy: ReadOptions = { totalTimeout: LONG_MS },
  ofBatches: Pick<BatchReadOptions, "retryRows"> = {},
): Promise<void> {
  const named = () => names.filter((_, i) => i === 0 || random.below(3) === 0).slice(0, 6);
  const shapes: readonly { readonly rows: readonly (Key | BatchReadRow)[]; readonly options: object }[] = [
    { rows: keys, options: {} },
    { rows: [...keys].reverse(), options: { bins: named() } },
    { rows: keys, options: { header: true } },
    { rows: keys.concat(keys.slice(0, 50)), options: { allowInline: false } },
    { rows: keys, options: { allowInlineSSD: true, bins: ["nothing has it"] } },
    {
      rows: keys.map((key, i) =>
        [
          key,
          { key, bins: named() },
          { key, header: true },
          Key.fromDigest(key.namespace, key.set, key.digest),
        ][i % 4] as Key | BatchReadRow
      ),
      options: {},
    },
    { rows: keys.slice(0, 1), options: {} },
  ];
  const batch = async (rows: readonly (Key | BatchReadRow)[], options: BatchReadOptions): Promise<Seen[]> => {
    for (let attempt = 0;; attempt++) {
      const seen = seenRows(await client.batchRead(rows, { ...policy, ...ofBatches, ...options }));
      // Core fails rows at once whose node has just left, and `retryRows` is about what servers answer.
      const repeats = ofBatches.retryRows !== undefined && attempt < 100;
      if (!repeats || !seen.some(({ error }) => error === "INVALID_NODE")) return seen;
      await pause(10);
    }
  };
  for (const [number, { rows, options }] of shapes.entries()) {
    const [direct, core] = await Promise.all(PATHS.map((readPath) => batch(rows, { ...options, readPath }))) as [
      Seen[],
      Seen[],
    ];
    assertStrictEquals(direct.length, core.length);
    for (const [i, row] of direct.entries()) assertSame(row, core[i] as Seen, `shape ${number}, row ${i}`);
  }
  const single = async (read: (readPath: ReadPath) => Promise<Found>) => {
    const [direct, core] = await Promise.all(PATHS.map(read)) as [Found, Found];
    const seen = (found: Found) => ({ status: "", code: 0, error: undefined, ...seenRecord(found) });
    assertSame(seen(direct), seen(core), "a single read");
  };
  await Promise.all(keys.map(async (key) => {
    const bins = named();
    await single((readPath) => client.get(key, { ...policy, readPath }));
    await single((readPath) => client.get(key, { ...policy, readPath, bins }));
    await single((readPath) => client.header(key, { ...policy, readPath }));
    const [direct, core] = await Promise.all(PATHS.map((readPath) => client.exists(key, { ...policy, readPath })));
    assertStrictEquals(direct, core);
  }));
}
