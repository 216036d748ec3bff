/**
 * Reading a record, changing it, and writing it where nobody else has changed it meanwhile.
 *
 * @module
 */

import type { Client } from "./client.ts";
import { readsOnly } from "./codec/operations.ts";
import type { PolicyBlock } from "./codec/policy.ts";
import { Deadline } from "./deadline.ts";
import { AerospikeError, GenerationError, InvalidArgumentError } from "./errors.ts";
import { hex, type Key } from "./key.ts";
import type { Operation } from "./operation.ts";
import { describe } from "./option-check.ts";
import type { BasePolicy, CommandOptions, RemoveFields, TouchFields } from "./policy.ts";
import type { AerospikeRecord } from "./record.ts";
import { Code } from "./result-code.ts";

/** The options of `update`: those of its write, and of the whole. */
export interface UpdateOptions
  extends
    Omit<BasePolicy, "maxRetries" | "sleepBetweenRetries" | "sleepMultiplier">,
    TouchFields,
    RemoveFields,
    CommandOptions {
  /** How often the record is read and written, from 1 to 1000, until nobody was in between. Default 10. */
  readonly attempts?: number | undefined;
  /**
   * The longest pause after the first attempt, in milliseconds; it doubles with each one, up to 64 times as long. A pause
   * takes any time up to that, so that those who collide part. Default 2.
   */
  readonly backoff?: number | undefined;
  /** What becomes of bins that are not written: they stay (`"update"`, the default), or go (`"replace"`). */
  readonly recordExists?: "update" | "replace" | undefined;
}

/** What is to be written: bins, or operations; null or undefined leaves the record as it is. */
export type Change<B extends object> = B | readonly Operation[] | null | undefined;

/** What an update needs of its client. */
export interface UpdateParts {
  /** The client. */
  readonly client: Client;
  /** The policy of updates. */
  readonly policy: PolicyBlock;
  /** The clock of deadlines. */
  readonly clock: () => number;
}

const ATTEMPTS = 10;
const BACKOFF_MS = 2;
/** How often the pause doubles. */
const DOUBLINGS = 6;

/** Carries out an `update`; true where it has written. */
export async function updateRecord<T extends object>(
  { client, policy, clock }: UpdateParts,
  key: Key,
  change: (record: AerospikeRecord<T> | null) => Change<object> | PromiseLike<Change<object>>,
  options: UpdateOptions = {},
): Promise<boolean> {
  policy.check(options);
  const deadline = new Deadline(policy.deadline(options), clock, options.signal);
  if (typeof change !== "function") {
    throw new InvalidArgumentError(`change is ${describe(change)}: it is a function of the record to what is written`);
  }
  const { attempts = ATTEMPTS, backoff = BACKOFF_MS, recordExists = "update", totalTimeout: _, ...write } = options;
  for (let attempt = 1;; attempt++) {
    const record = await client.get<T>(key, { signal: options.signal, totalTimeout: deadline.left() });
    const changed = await deadline.bound(change(record));
    if (changed === null || changed === undefined) return false;
    if (Array.isArray(changed) && readsOnly(changed)) {
      throw new InvalidArgumentError(
        "change gave no operation that writes: give one, or null to write nothing",
      );
    }
    const condition = record === null
      ? { recordExists: "create-only" } as const
      : { recordExists: `${recordExists}-only`, generation: record.generation } as const;
    // What a server may have done already is not sent again: it would be refused then, as if by another's write.
    const own = { ...write, ...condition, totalTimeout: deadline.left(), maxRetries: 0 };
    try {
      if (Array.isArray(changed)) await client.operate(key, changed, own);
      else await client.put(key, changed as Record<never, never>, own);
      return true;
    } catch (error) {
      if (!isConflict(error, record)) throw error;
      if (attempt >= attempts) throw exhausted(key, attempts, error);
    }
    await deadline.pause(Math.random() * backoff * 2 ** Math.min(attempt - 1, DOUBLINGS));
  }
}

/** Whether a write was refused because the record is not what was read: it has changed, has come, or is gone. */
function isConflict(error: unknown, read: object | null): boolean {
  if (!AerospikeError.is(error) || error.inDoubt) return false;
  const { code } = error;
  // Where there was no record, not found is the answer to the write itself, such as a deletion.
  if (read === null) return code === Code.RECORD_EXISTS;
  return code === Code.RECORD_GENERATION || code === Code.RECORD_NOT_FOUND;
}

function exhausted({ namespace, set, digest }: Key, attempts: number, cause: unknown): GenerationError {
  const message = `somebody else changed the record in each of ${attempts} attempts: give more attempts, or a longer ` +
    "backoff, or write by operations that need no reading";
  return new GenerationError(message, {
    ...{ code: Code.RECORD_GENERATION, sent: true, cause },
    ...{ namespace, set, digest: hex(digest) },
  });
}
