/**
 * Generated values for properties: what fails is shrunk, and told with its seed.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";
import process from "node:process";
import { type BinValue, Double, GeoJSON, type MapKey } from "../../mod.ts";
import { canonical } from "./random.ts";

/** The seed of this run's properties: another one each time, or `AEROSPIKE_TEST_SEED`. */
export const SEED: number = Number(process.env["AEROSPIKE_TEST_SEED"] ?? Date.now() % 1_000_000);

/** Checks a property on so many generated cases; a failure has the seed, the smallest case and the way to it. */
export async function holds<T>(
  what: string,
  runs: number,
  arbitrary: Arbitrary<T>,
  property: (value: T) => Promise<void> | void,
): Promise<void> {
  console.log(`${what}: ${runs} cases, AEROSPIKE_TEST_SEED=${SEED}`);
  await fc.assert(fc.asyncProperty(arbitrary, async (value) => void await property(value)), {
    ...{ seed: SEED, numRuns: runs, endOnFailure: false },
  });
}

/** As it comes back: a number when it is safe. */
function plainInteger(value: bigint): number | bigint {
  return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const edges = [8n, 16n, 31n, 32n, 53n, 63n].flatMap((bits) => [2n ** bits, -(2n ** bits)])
  .flatMap((edge) => [edge - 1n, edge, edge + 1n])
  .filter((edge) => edge >= MIN && edge <= MAX);
const integers: Arbitrary<number | bigint> = fc.oneof(
  fc.integer(),
  fc.constantFrom(...edges, -33n, -32n, 127n, 128n).map(plainInteger),
  fc.bigInt({ min: MIN, max: MAX }).map(plainInteger),
);
/** Integral ones too, which a Double keeps from becoming integers. */
const doubles: Arbitrary<Double> = fc.double().map((value) => new Double(value));
const texts: Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("__proto__", "constructor", "toString", "then", "length", "", "0", "\0", "\ufeff"),
);
const bytes: Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });
const points: Arbitrary<GeoJSON> = fc.tuple(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -90, max: 90 }))
  .map(([longitude, latitude]) => GeoJSON.point(longitude, latitude));

function fromEntries(entries: readonly (readonly [string, BinValue])[]): BinValue {
  const object: Record<string, BinValue> = {};
  for (const [key, value] of entries) {
    // Defined, not assigned: "__proto__" is a key like any other.
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}

/** A map with at least one key that is no text, so that it comes back as one. */
function mapOf(value: Arbitrary<BinValue>, more: number): Arbitrary<BinValue> {
  const key: Arbitrary<MapKey> = fc.oneof(integers, texts, bytes);
  const pairs = fc.uniqueArray(fc.tuple(key, value), { maxLength: more, selector: ([own]) => canonical(own) });
  return fc.tuple(fc.tuple(integers, value), pairs)
    .map(([first, rest]) => new Map([first, ...rest.filter(([own]) => canonical(own) !== canonical(first[0]))]));
}

const { nested } = fc.letrec<{ nested: BinValue }>((tie) => ({
  nested: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    ...[fc.constant(null), fc.boolean(), integers, doubles, texts, bytes, points],
    fc.array(tie("nested"), { maxLength: 6 }),
    fc.array(fc.tuple(texts, tie("nested")), { maxLength: 6 }).map(fromEntries),
    mapOf(tie("nested"), 5),
  ),
}));

/** Collections within each other, as deep as writes take them. */
const deep: Arbitrary<BinValue> = fc.tuple(
  nested,
  fc.array(fc.constantFrom("list", "object", "map"), { maxLength: 60 }),
)
  .map(([value, levels]) =>
    levels.reduce<BinValue>(
      (inner, level) => level === "list" ? [inner] : level === "object" ? { inner } : new Map([[1, inner]]),
      value,
    )
  );

/** What a record of 1 MiB has room for, beside its other bins. */
const LARGEST = 2 ** 20 - 20_000;
const sizes = fc.oneof(
  { arbitrary: fc.integer({ min: 40, max: 70_000 }), weight: 4 },
  { arbitrary: fc.integer({ min: 70_000, max: LARGEST }), weight: 1 },
);
/** Long ones, in the lengths at which headers grow too. */
const large: Arbitrary<BinValue> = fc.tuple(
  fc.oneof(sizes, fc.constantFrom(255, 256, 65_534, 65_535, 65_536)),
  fc.constantFrom("text", "unicode", "bytes", "list", "nested text"),
).map(([size, kind]) => {
  if (kind === "text") return "x".repeat(size);
  if (kind === "unicode") return "漢".repeat(size / 3);
  if (kind === "bytes") return Uint8Array.from({ length: size }, (_, i) => i * 31);
  if (kind === "list") return Array.from({ length: size / 3 }, (_, i) => i % 30_000);
  return ["y".repeat(size)];
});

/** A value that a list or a map may hold, of every type and depth. */
export const values: Arbitrary<BinValue> = fc.oneof(nested, deep);
const binValues = fc.oneof({ arbitrary: values, weight: 30 }, { arbitrary: large, weight: 1 })
  // A bin that is null is deleted.
  .map((value) => value ?? 0);
const encoder = new TextEncoder();
const names = fc.string({ unit: "binary", minLength: 1, maxLength: 15 })
  .filter((name) => !name.includes("\0") && encoder.encode(name).length <= 15);

/** The bins of a record, of which one may be large. */
export const records: Arbitrary<Record<string, BinValue>> = fc.tuple(
  fc.tuple(names, binValues),
  fc.uniqueArray(fc.tuple(names, nested.map((value) => value ?? 0)), { maxLength: 5, selector: ([name]) => name }),
).map(([first, rest]) => fromEntries([...rest, first]) as Record<string, BinValue>);
