/**
 * Runs generated sequences on two servers and finds where they differ.
 *
 * @module
 */
import { RawConnection } from "./raw.ts";
import { describe, outcome, type Sequence, shrink } from "./sequence.ts";

/** Connections to a server, and sequences in flight. */
const CONNECTIONS = 8;

/** A server by its name in reports. */
export interface Target {
  readonly name: string;
  readonly hosts: string;
}

/** A sequence, as small as it can be, to which the two gave different answers. */
export interface Difference {
  readonly sequence: Sequence;
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly text: string;
}

/**
 * Runs sequences on both targets until there are none left, or `most` of them differed. Throws when a server ends, and
 * says which sequences were under way then.
 */
export async function differences(
  targets: readonly [Target, Target],
  set: string,
  sequences: Iterator<Sequence>,
  most: number,
): Promise<Difference[]> {
  const found: Difference[] = [];
  const running = new Map<number, Sequence>();
  const worker = async (number: number) => {
    const connections = await Promise.all(targets.map(({ hosts }) => RawConnection.connect(hosts, set)));
    const run = (sequence: Sequence) => {
      running.set(number, sequence);
      return Promise.all(connections.map((connection) => outcome(connection, sequence)));
    };
    const differs = async (sequence: Sequence) => {
      const [left, right] = await run(sequence);
      return left?.join("\n") !== right?.join("\n");
    };
    for (let next = sequences.next(); !next.done && found.length < most; next = sequences.next()) {
      if (!await differs(next.value)) continue;
      const sequence = await shrink(next.value, differs);
      const outcomes = await run(sequence);
      const answers = Object.fromEntries(targets.map(({ name }, i) => [name, outcomes[i] ?? []]));
      found.push({ sequence, answers, text: describe(sequence, answers) });
    }
    running.delete(number);
    connections.forEach((connection) => connection.close());
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, number) => worker(number)));
  } catch (cause) {
    const texts = [...running.values()].map((sequence) => describe(sequence, {}));
    throw new Error(`a server ended while these ran:\n${texts.join("\n\n")}`, { cause });
  }
  return found;
}
