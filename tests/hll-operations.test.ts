import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type BinValue, hll, HyperLogLog, InvalidArgumentError, op, ServerError } from "../mod.ts";
import { operationTests } from "./support/operations.ts";

const { run, test } = operationTests();

const BIN_EXISTS = 6;
const WRONG_TYPE = 12;
const BIN_NOT_FOUND = 17;
const NOT_APPLICABLE = 26;

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

/** A sketch of integers, as the server makes it. */
async function sketch(start: number, end: number, indexBits = 12, minHashBits?: number): Promise<HyperLogLog> {
  const { bins } = await run({}, [hll.add("b", range(start, end), { indexBits, minHashBits })]);
  assertInstanceOf(bins["b"], HyperLogLog);
  return bins["b"];
}

function assertNear(actual: BinValue | undefined, expected: number, tolerance: number): void {
  assert(typeof actual === "number" && Math.abs(actual - expected) <= tolerance, `${actual} is not near ${expected}`);
}

async function code(run: Promise<unknown>): Promise<number | undefined> {
  const error: unknown = await run.then(() => undefined, (error: unknown) => error);
  assertInstanceOf(error, ServerError);
  return error.code;
}

test("hll.init: creates an empty sketch, or empties one", async () => {
  const { results } = await run({}, [
    hll.init("b", 10),
    hll.describe("b"),
    hll.add("b", ["x"]),
    hll.init("b", 12, { minHashBits: 20 }),
    hll.describe("b"),
    hll.getCount("b"),
  ]);
  assertEquals(results, [null, [10, 0], 1, null, [12, 20], 0]);
  const filled = { b: await sketch(0, 10) };
  assertEquals(await code(run(filled, [hll.init("b", 10, { createOnly: true })])), BIN_EXISTS);
  assertEquals(await code(run({}, [hll.init("b", 10, { updateOnly: true })])), BIN_NOT_FOUND);
  assertEquals((await run({}, [hll.init("b", 10, { updateOnly: true, noFail: true })])).bins, {});
});

test("hll.add: counts what changed the sketch, and creates it where it is told to", async () => {
  const { results } = await run({}, [
    hll.add("b", ["a", "b", "a"], { indexBits: 12 }),
    hll.add("b", ["a", "c"]),
    hll.getCount("b"),
    hll.add("c", [1, 2], { indexBits: 8, minHashBits: 8 }),
    hll.describe("c"),
  ]);
  assertEquals(results, [2, 1, 3, 2, [8, 8]]);
  assert(await code(run({}, [hll.add("b", ["a"])])) !== undefined);
  assertEquals(await code(run({ b: "text" }, [hll.add("b", ["a"])])), WRONG_TYPE);
});

test("hll.getCount: estimates within the error of its bits", async () => {
  const { results } = await run({ b: await sketch(0, 5000, 12) }, [hll.getCount("b")]);
  // 1.04 / 2 ** 6 is 1.6 %; four times that is more than chance gives.
  assertNear(results[0], 5000, 5000 * 0.065);
});

test("hll.refreshCount: counts anew", async () => {
  const { results } = await run({ b: await sketch(0, 100) }, [hll.add("b", [1000]), hll.refreshCount("b")]);
  assertEquals(results[0], 1);
  assertNear(results[1], 101, 8);
});

test("hll.fold: reduces the bits of the index", async () => {
  const { results } = await run({ b: await sketch(0, 100, 14) }, [
    hll.fold("b", 10),
    hll.describe("b"),
    hll.getCount("b"),
  ]);
  assertEquals(results.slice(0, 2), [null, [10, 0]]);
  assertNear(results[2], 100, 15);
  assertEquals(await code(run({ b: await sketch(0, 10, 8) }, [hll.fold("b", 10)])), NOT_APPLICABLE);
});

test("hll.setUnion: takes in other sketches", async () => {
  const other = await sketch(50, 150);
  const { results } = await run({ b: await sketch(0, 100) }, [hll.setUnion("b", [other]), hll.getCount("b")]);
  assertEquals(results[0], null);
  assertNear(results[1], 150, 12);
  const coarse = await sketch(0, 10, 8);
  assertEquals(await code(run({ b: await sketch(0, 10) }, [hll.setUnion("b", [coarse])])), NOT_APPLICABLE);
  const folded = await run({ b: await sketch(0, 10) }, [
    hll.setUnion("b", [coarse], { allowFold: true }),
    hll.describe("b"),
  ]);
  assertEquals(folded.results[1], [8, 0]);
});

test("hll.getUnion: gives a sketch, which can be written", async () => {
  const { results } = await run({ b: await sketch(0, 100) }, [
    hll.getUnion("b", [await sketch(50, 150), await sketch(140, 160)]),
  ]);
  const union = results[0];
  assertInstanceOf(union, HyperLogLog);
  const written = await run({}, [op.write("b", union), hll.getCount("b")]);
  assertNear(written.results[1], 160, 13);
});

test("hll.getUnionCount, hll.getIntersectCount and hll.getSimilarity: estimate of several sketches", async () => {
  const others = [await sketch(50, 150, 12, 20)];
  const { results } = await run({ b: await sketch(0, 100, 12, 20) }, [
    hll.getUnionCount("b", others),
    hll.getIntersectCount("b", others),
    hll.getSimilarity("b", others),
  ]);
  assertNear(results[0], 150, 12);
  assertNear(results[1], 50, 12);
  assertNear(results[2], 1 / 3, 0.1);
});

test("hll.describe: gives the bits", async () => {
  const { results } = await run({ b: await sketch(0, 3, 9, 30) }, [hll.describe("b")]);
  assertEquals(results, [[9, 30]]);
});

test("what is wrong with an argument is said with its place, before anything is sent", async () => {
  const wrong: [ReturnType<typeof hll.describe>, string][] = [
    [hll.init("b", 3), "operations[0].indexBits is 3: hll.init takes from 4 to 16 bits"],
    [hll.init("b", 12, { minHashBits: 52 }), "operations[0].minHashBits is 52: hll.init takes from 4 to 51 bits"],
    [hll.add("b", []), "operations[0].values is empty"],
    [hll.add("b", "abc" as never), "operations[0].values is"],
    [hll.add("b", [1], { minHashBits: 8 }), "operations[0].minHashBits needs indexBits"],
    [hll.getUnion("b", [1 as never]), "operations[0].sketches[0] is 1: hll.getUnion takes a HyperLogLog"],
    [hll.setUnion("b", [], { allowfold: true } as never), "operations[0].allowfold is not an option"],
    [{ ...hll.getCount("b"), ctx: [] }, "operations[0].ctx is not an option"],
  ];
  for (const [operation, message] of wrong) {
    await assertRejects(() => run({}, [operation]), InvalidArgumentError, message);
  }
});
