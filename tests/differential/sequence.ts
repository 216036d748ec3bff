/**
 * Sequences of commands on one record: run, compared and shrunk.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { INFO1, INFO2, type RawAnswer, type RawCommand, type RawConnection, type RawOperation } from "./raw.ts";
import { show } from "./msgpack.ts";

/** Commands that are run one after the other on a record that does not exist before. */
export type Sequence = readonly RawCommand[];

const READ_ALL: RawCommand = { info: [INFO1.READ | INFO1.GET_ALL, 0, 0], operations: [] };
const DELETE: RawCommand = { info: [0, INFO2.WRITE | INFO2.DELETE, 0], operations: [] };
const ABSENT = 2;
/** When void times begin, in seconds since 1970. */
const EPOCH = 1_262_304_000;

let digests = Date.now();

/** A record's digest that no other sequence has. */
function freshDigest(): Uint8Array {
  const digest = Buffer.alloc(20);
  digest.writeDoubleBE(++digests, 8);
  digest.writeUInt32BE((digests * 2_654_435_761) >>> 0); // spreads records over partitions
  return digest;
}

/** Runs a sequence and gives a line for every command: its answer, and the record that it left. */
export async function outcome(connection: RawConnection, sequence: Sequence): Promise<string[]> {
  const digest = freshDigest();
  const lines: string[] = [];
  for (const command of sequence) {
    const answer = await connection.run(digest, command);
    const record = await connection.run(digest, READ_ALL);
    lines.push(`${line(answer)} => ${record.code === ABSENT ? "no record" : line(record)}`);
  }
  await connection.run(digest, DELETE);
  return lines;
}

/** The code, the generation, roughly the time to live, and every operation, bytes as hex. */
function line({ code, generation, voidTime, operations }: RawAnswer): string {
  const parts = operations.map(({ op, particle, bin, data }) =>
    `${bin}:${op}:${particle}:${Buffer.from(data).toString("hex")}`
  );
  const metadata = code === 0 ? [`g${generation}`, ...(voidTime === 0 ? [] : [`t${timeToLive(voidTime)}`])] : [];
  return [`${code}`, ...metadata, ...parts].join(" ");
}

/** In steps of a quarter of an hour, whose ends no time that is asked for is near. */
function timeToLive(voidTime: number): number {
  return Math.round((voidTime - (Date.now() / 1000 - EPOCH)) / 900);
}

/** The smallest sequence that can be had by leaving out commands and operations while `differs` holds. */
export async function shrink(
  sequence: Sequence,
  differs: (candidate: Sequence) => Promise<boolean>,
): Promise<Sequence> {
  let smallest = sequence;
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const candidate of smaller(smallest)) {
      if (!await differs(candidate)) continue;
      smallest = candidate;
      isDone = false;
      break;
    }
  }
  return smallest;
}

function* smaller(sequence: Sequence): Generator<Sequence> {
  for (const [i, command] of sequence.entries()) {
    if (sequence.length > 1) yield sequence.toSpliced(i, 1);
    if (command.filter !== undefined) {
      const { filter: _, ...rest } = command;
      yield sequence.with(i, rest);
    }
    for (const part of ["generation", "ttl", "batch"] as const) {
      if (command[part] === undefined) continue;
      const { [part]: _, ...rest } = command;
      yield sequence.with(i, rest);
    }
    if (command.operations.length < 2) continue;
    for (const j of command.operations.keys()) {
      yield sequence.with(i, { ...command, operations: command.operations.toSpliced(j, 1) });
    }
  }
}

/** A sequence and the answers of several servers to it, for people. */
export function describe(sequence: Sequence, answers: Readonly<Record<string, readonly string[]>>): string {
  return sequence.flatMap(({ info, operations, filter, ...rest }, i) => [
    `  command ${i}, info ${info.join(",")}${filter === undefined ? "" : `, filter ${show(filter)}`}${
      describeRest(rest)
    }`,
    ...operations.map((operation) => `    ${describeOperation(operation)}`),
    ...Object.entries(answers).map(([name, lines]) => `    ${name}: ${describeLine(lines[i] ?? "")}`),
  ]).join("\n");
}

function describeRest(rest: Readonly<Record<string, unknown>>): string {
  return Object.entries(rest).map(([name, value]) => `, ${name} ${value}`).join("");
}

function describeOperation({ op, particle, bin, data }: RawOperation): string {
  return `${bin} op ${op} type ${particle}: ${describeData(op === 2 ? particle : 20, data)}`;
}

function describeData(particle: number, data: Uint8Array): string {
  return particle === 19 || particle === 20 ? show(data) : Buffer.from(data).toString("hex");
}

function describeLine(answer: string): string {
  return answer.replaceAll(
    /:(19|20):([0-9a-f]+)/g,
    (_, particle, hex) => `:${particle}:${show(Buffer.from(hex, "hex"))}`,
  );
}
