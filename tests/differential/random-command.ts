/**
 * Random commands of several operations on one bin.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Choices } from "../support/random.ts";
import { INFO1, INFO2, type RawCommand, type RawOperation } from "./raw.ts";

const READ = 1;

/** One operation or more, now and then a read of the bin among them; those of the number `modifies` write. */
export function randomCommand(choices: Choices, modifies: number, operation: () => RawOperation): RawCommand {
  const operations = [operation()];
  while (choices.oneIn(3)) operations.push(operation());
  if (choices.oneIn(10)) operations.push({ op: READ, particle: 0, bin: "v", data: Buffer.of() });
  if (operations.every(({ op }) => op !== modifies)) {
    return { info: [INFO1.READ, choices.oneIn(4) ? INFO2.RESPOND_ALL : 0, 0], operations };
  }
  const reads = operations.some(({ op }) => op !== modifies);
  const answers = choices.oneIn(4) ? 0 : INFO2.RESPOND_ALL;
  return { info: [reads ? INFO1.READ : 0, INFO2.WRITE | answers, 0], operations };
}
