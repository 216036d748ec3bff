import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { Buffer } from "node:buffer";
import {
  type BinValue,
  connect,
  ctx,
  InvalidArgumentError,
  Key,
  op,
  type Operation,
  ServerError,
  string,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { type Item, pack } from "./differential/msgpack.ts";
import { operationTests } from "./support/operations.ts";
import { RefusingServer } from "./support/refusing-server.ts";
import { freshSet } from "./support/server.ts";

const { before, after, isAtLeast, run, server, test } = operationTests();

const PARAMETER = 4;
const [READ, MODIFY, TO_STRING] = [17, 18, 19];
const HEADER = 30;
const STRING = 3;

let emulator: Emulator;
before(async () => void (emulator = await Emulator.start()));
after(() => emulator.close());

/** What is sent for an operation on the bin "b": the wire's number, the particle's type and the data. */
async function sent(operation: Operation): Promise<{ number: number; particle: number; data: string }> {
  using refusing = await RefusingServer.open(emulator, PARAMETER);
  await using client = await connect({ hosts: refusing.host, seedOnlyCluster: true });
  const refused: unknown = await client.operate(new Key("test", "s", 1), [operation]).catch((error) => error);
  assertInstanceOf(refused, ServerError);
  const message = refusing.messages.at(-1) as Buffer;
  let at = HEADER;
  for (let fields = message.readUInt16BE(26); fields > 0; fields--) at += 4 + message.readUInt32BE(at);
  const end = at + 4 + message.readUInt32BE(at);
  assertEquals([end, message.toString("latin1", at + 7, at + 9)], [message.length, "\x01b"]);
  return {
    number: message[at + 4] as number,
    particle: message[at + 5] as number,
    data: message.toString("hex", at + 9),
  };
}

/** An operation, its arguments on the wire, and what it answers and leaves of a text where the server has it. */
type Case = readonly [Operation, args: readonly Item[], before: BinValue, result: BinValue, after?: BinValue];

/** Tests what is sent for an operation, by its kind, and what the server makes of it: that it is unknown before 8.2. */
function sends(kind: string, what: string, cases: readonly Case[]): void {
  test(`${kind}: ${what}`, async () => {
    for (const [operation, args, before, result, after = before] of cases) {
      assertEquals(operation.kind, kind);
      const number = (args[0] as bigint) < 50n ? READ : MODIFY;
      assertEquals(await sent(operation), { number, particle: STRING, data: pack(args).toString("hex") });
      await answers(operation, before, result, after);
    }
  });
}

async function answers(operation: Operation, before: BinValue, result: BinValue, after: BinValue): Promise<void> {
  if (await isAtLeast(8, 2)) {
    const { results, bins } = await run({ b: before }, [operation]);
    return assertEquals([results, bins], [[result], { b: after }], operation.kind);
  }
  const key = new Key("test", freshSet(), 1);
  const { client } = server();
  await client.put(key, { b: before });
  const refused: unknown = await client.operate(key, [operation]).catch((error) => error);
  assertInstanceOf(refused, ServerError);
  assertEquals(refused.code, PARAMETER);
  assert(refused.message.includes(`operations[0], ${operation.kind} on the bin "b"`), refused.message);
  assertEquals((await client.get(key))?.bins, { b: before });
}

const word = "gr\u00fcn";

sends("string.strlen", "counts code points", [[string.strlen("b"), [0n], word, 4]]);
sends("string.substr", "reads code points up to an end, or to the last", [
  [string.substr("b", 1), [1n, 1n], word, "r\u00fcn"],
  [string.substr("b", 1, -1), [1n, 1n, -1n], word, "r\u00fc"],
]);
sends("string.charAt", "reads a code point", [[string.charAt("b", -2), [2n, -2n], word, "\u00fc"]]);
sends("string.find", "reads where a text is", [
  [string.find("b", "a"), [3n, "a"], "banana", 1],
  [string.find("b", "a", -1), [3n, "a", -1n], "banana", 5],
]);
sends("string.contains", "reads whether a text is within", [[string.contains("b", "x"), [4n, "x"], word, false]]);
sends("string.startsWith", "reads whether it begins so", [[string.startsWith("b", "gr"), [5n, "gr"], word, true]]);
sends("string.endsWith", "reads whether it ends so", [[string.endsWith("b", "gr"), [6n, "gr"], word, false]]);
sends("string.toInteger", "reads an integer", [[string.toInteger("b"), [7n], "-12", -12]]);
sends("string.toDouble", "reads a double", [[string.toDouble("b"), [8n], "1.5", 1.5]]);
sends("string.byteLength", "counts bytes", [[string.byteLength("b"), [9n], word, 5]]);
sends("string.isNumeric", "reads whether it is a number, of a type", [
  [string.isNumeric("b"), [10n], "5", true],
  [string.isNumeric("b", "any"), [10n, 0n], "5", true],
  [string.isNumeric("b", "int"), [10n, 1n], "5", true],
  [string.isNumeric("b", "float"), [10n, 2n], "5", false],
]);
sends("string.isUpper", "reads whether all is upper case", [[string.isUpper("b"), [11n], "AB", true]]);
sends("string.isLower", "reads whether all is lower case", [[string.isLower("b"), [12n], "aB", false]]);
sends("string.toBlob", "reads bytes", [[string.toBlob("b"), [13n], "ab", new Uint8Array([97, 98])]]);
sends("string.split", "reads parts, or code points", [
  [string.split("b", ", "), [14n, ", "], "a, b", ["a", "b"]],
  [string.split("b"), [14n], "ab", ["a", "b"]],
]);
sends("string.b64Decode", "reads what Base64 says", [[string.b64Decode("b"), [15n], "AQI=", new Uint8Array([1, 2])]]);
sends("string.regexCompare", "reads whether a pattern has a match", [
  [string.regexCompare("b", "^g.*n$"), [16n, "^g.*n$"], word, true],
  [
    string.regexCompare("b", "^G", { caseInsensitive: true, multiline: true, dotAll: true, unixLines: true }),
    [16n, "^G", 15n],
    word,
    true,
  ],
]);
sends("string.insert", "puts a text in", [[string.insert("b", 1, "x"), [50n, 1n, "x", 0n], "ab", null, "axb"]]);
sends("string.overwrite", "writes a text over it", [
  [string.overwrite("b", -1, "xy"), [51n, -1n, "xy", 0n], "ab", null, "axy"],
]);
sends("string.concat", "puts texts behind it", [
  [string.concat("b", ["x"]), [52n, ["x"], 0n], "ab", null, "abx"],
  [string.concat("b", ["x", "y"], { noFail: true }), [52n, ["x", "y"], 4n], "ab", null, "abxy"],
]);
sends("string.append", "puts a text behind it", [
  [string.append("b", "x", { updateOnly: true, noFail: true }), [67n, "x", 6n], "ab", null, "abx"],
]);
sends("string.prepend", "puts a text before it", [[string.prepend("b", "x"), [68n, "x", 0n], "ab", null, "xab"]]);
sends("string.snip", "removes code points up to an end, or to the last", [
  [string.snip("b", 1, 3), [53n, 1n, 3n, 0n], word, null, "gn"],
  [string.snip("b", 1, 3, { noFail: true }), [53n, 1n, 3n, 4n], word, null, "gn"],
  [string.snip("b", 1), [53n, 1n], word, null, "g"],
]);
sends("string.replace", "replaces the first occurrence", [
  [string.replace("b", "a", "o"), [54n, ["a", "o"], 0n], "banana", null, "bonana"],
]);
sends("string.replaceAll", "replaces every occurrence", [
  [string.replaceAll("b", "a", "o"), [55n, ["a", "o"], 0n], "banana", null, "bonono"],
]);
sends("string.upper", "makes it upper case", [[string.upper("b"), [56n, 0n], "ab", null, "AB"]]);
sends("string.lower", "makes it lower case", [[string.lower("b"), [57n, 0n], "AB", null, "ab"]]);
sends("string.caseFold", "folds case", [[string.caseFold("b"), [58n, 0n], "AB", null, "ab"]]);
sends("string.normalizeNfc", "composes", [[string.normalizeNfc("b"), [59n, 0n], "u\u0308", null, "\u00fc"]]);
sends("string.trimStart", "trims the beginning", [[string.trimStart("b"), [60n, 0n], " a ", null, "a "]]);
sends("string.trimEnd", "trims the end", [[string.trimEnd("b"), [61n, 0n], " a ", null, " a"]]);
sends("string.trim", "trims both ends", [[string.trim("b", { noFail: true }), [62n, 4n], " a ", null, "a"]]);
sends("string.padStart", "fills up before it", [
  [string.padStart("b", 5, "."), [63n, 5n, ".", 0n], "ab", null, "...ab"],
]);
sends("string.padEnd", "fills up behind it", [[string.padEnd("b", 5, "."), [64n, 5n, ".", 0n], "ab", null, "ab..."]]);
sends("string.repeat", "repeats it", [[string.repeat("b", 2), [65n, 2n, 0n], "ab", null, "abab"]]);
sends("string.regexReplace", "replaces a match, or all", [
  [string.regexReplace("b", "[an]", "o"), [66n, ["[an]", "o"], 0n, 0n], "banana", null, "bonana"],
  [
    string.regexReplace("b", "[an]", "o", { global: true, dotAll: true, updateOnly: true }),
    [66n, ["[an]", "o"], 20n, 2n],
    "banana",
    null,
    "booooo",
  ],
]);

test("string.toString: is sent without arguments", async () => {
  assertEquals(await sent(string.toString("b")), { number: TO_STRING, particle: 0, data: "" });
  await answers(string.toString("b"), 12, "12", 12);
});

test("an operation on a text within lists and maps is sent with the way to it", async () => {
  const way = [ctx.mapKey("a"), ctx.listIndex(1)];
  const steps: Item = [0x22n, "a", 0x10n, 1n];
  const enclosed = (call: Item): string => pack([0xffn, steps, call]).toString("hex");
  assertEquals((await sent(string.strlen("b", { ctx: way }))).data, enclosed([0n]));
  const padded = await sent(string.padEnd("b", 5, ".", { ctx: way, noFail: true }));
  assertEquals(padded, { number: MODIFY, particle: STRING, data: enclosed([64n, 5n, ".", 4n]) });
});

test("what is wrong with an argument is said with its place, before anything is sent", async () => {
  const wrong: [Operation, string][] = [
    [string.substr("b", 0.5), "operations[1].start is 0.5: string.substr takes an integer of 64 bits"],
    [string.find("b", 1 as never), "operations[1].needle is 1: string.find takes a string"],
    [string.isNumeric("b", "double" as never), 'operations[1].type is "double": string.isNumeric takes one of'],
    [string.concat("b", "x" as never), "operations[1].values is a string that is not valid"],
    [string.concat("b", ["x", 1 as never]), "operations[1].values[1] is 1: string.concat takes a string"],
    [string.append("b", "\ud800"), "operations[1].value"],
    [string.upper("b", { global: true } as never), "operations[1].global is not an option"],
    [string.snip("b", 1, undefined, { noFail: true }), "operations[1].noFail goes with an end only, in string.snip"],
    [{ ...string.toString("b"), ctx: [ctx.listIndex(0)] }, "operations[1].ctx is not an option"],
    [string.strlen("b", { ctx: ["a" as never] }), "operations[1].ctx[0] is no step"],
    [string.regexCompare("b", "a", { dotAll: 1 as never }), "operations[1].dotAll is 1: string.regexCompare takes"],
  ];
  for (const [operation, message] of wrong) {
    await assertRejects(() => run({ b: "x" }, [op.read("b"), operation]), InvalidArgumentError, message);
  }
});
