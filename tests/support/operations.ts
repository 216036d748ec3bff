/**
 * What operations do to a bin, as tables: what the bin has before, the operation, its result, and what the bin has then.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  type Bins,
  type BinValue,
  type Client,
  connect,
  Key,
  type OperateRecord,
  type Operation,
  ServerError,
  type WriteOptions,
} from "../../mod.ts";
import { freshSet, startServer, type TestServer } from "./server.ts";
import { type Suite, suite } from "./suite.ts";

/** The server's refusal with a code, which leaves the bin as it was. */
export class Refusal {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

/** A list in any order: that of several items by rank is the server's choice. */
export class AnyOrder {
  readonly items: readonly BinValue[];
  constructor(items: readonly BinValue[]) {
    this.items = items;
  }
}

/** These items in any order. */
export const anyOrder = (...items: BinValue[]): AnyOrder => new AnyOrder(items);

/** A refusal with a code. */
export const fails = (code: number): Refusal => new Refusal(code);

/** There is no such bin. */
export const NOTHING: unique symbol = Symbol("nothing");

/**
 * The bin "b" before, the operation on it, its result, and the bin afterwards, as before where it is left out.
 */
export type Case = readonly [
  before: BinValue | typeof NOTHING,
  operation: Operation,
  result: BinValue | AnyOrder | Refusal,
  after?: BinValue | typeof NOTHING,
];

/** The tests of a family's operations, on one server. */
export interface OperationTests extends Suite {
  /** Tests an operation, by its kind, on both paths. */
  covers(kind: string, what: string, cases: readonly Case[]): void;
  /** Operates on a record that has these bins before, and gives what it has then too. */
  run(bins: Bins, operations: Operation[], options?: WriteOptions): Promise<Ran>;
  /** The server. */
  server(): TestServer;
  /** Whether the server's version is at least this one. */
  isAtLeast(major: number, minor: number): Promise<boolean>;
}

/** What operations did. */
export interface Ran {
  readonly results: readonly BinValue[];
  readonly bins: Bins;
  readonly record: OperateRecord;
}

const same = (value: unknown): unknown => value;
const sorted = (list: unknown): unknown => Array.isArray(list) ? list.toSorted((a, b) => Number(a) - Number(b)) : list;

/** Begins the tests of a file. */
export function operationTests(): OperationTests {
  const own = suite();
  const set = freshSet();
  let server: TestServer | undefined;
  let core: Client | undefined;
  let serial = 0;
  own.before(async () => {
    server = await startServer();
    core = await connect({ hosts: server.hosts, readPath: "core" });
  });
  own.after(async () => {
    await core?.close();
    await server?.close();
  });
  const started = (): TestServer => {
    assert(server !== undefined, "the server has not started");
    return server;
  };
  const throughCore = (): Client => {
    assert(core !== undefined, "the client has not connected");
    return core;
  };
  const prepare = async (bins: Bins): Promise<Key> => {
    const key = new Key("test", set, serial++);
    // With a bin more, so that the record is there when the other one is gone.
    await started().client.put(key, { ...bins, other: 1 });
    return key;
  };
  const binsOf = async (key: Key): Promise<Bins> => {
    const { other: _, ...bins } = (await started().client.get(key))?.bins ?? {};
    return bins;
  };
  const check = async (client: Client, [before, operation, result, after = before]: Case): Promise<void> => {
    const key = await prepare(before === NOTHING ? {} : { b: before });
    const shown = JSON.stringify(operation, (_, value) => typeof value === "bigint" ? `${value}n` : value);
    if (result instanceof Refusal) {
      const refused = await client.operate(key, [operation]).then(
        (record) => record?.results,
        (error: unknown) => error,
      );
      assert(refused instanceof ServerError, `${shown} is refused with a ServerError, not ${JSON.stringify(refused)}`);
      assertEquals(refused.code, result.code, `${shown}: ${refused.message}`);
      assert(refused.message.includes(`operations[0], ${operation.kind}`), refused.message);
    } else {
      const record = await client.operate(key, [operation]);
      const expected = result instanceof AnyOrder ? sorted(result.items) : result;
      assertEquals(record?.results.map(result instanceof AnyOrder ? sorted : same), [expected], shown);
    }
    assertEquals(await binsOf(key), after === NOTHING ? {} : { b: after }, `afterwards: ${shown}`);
  };
  return {
    ...own,
    covers: (kind, what, cases) =>
      own.test(`${kind}: ${what}`, async () => {
        for (const one of cases) {
          assertEquals(one[1].kind, kind);
          for (const client of [started().client, throughCore()]) await check(client, one);
        }
      }),
    run: async (bins, operations, options) => {
      const key = await prepare(bins);
      const record = await started().client.operate(key, operations, options);
      assert(record !== null, "the record is gone");
      return { results: record.results, bins: await binsOf(key), record };
    },
    server: started,
    isAtLeast: async (major, minor) => {
      const [answers] = Object.values(await started().client.info("build"));
      const [a, b] = String(answers?.["build"]).split(".").map(Number) as [number, number];
      return a > major || (a === major && b >= minor);
    },
  };
}
