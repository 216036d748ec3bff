/**
 * The commands on one record.
 *
 * @module
 */

import { writeHeaderSelection, writeSelection } from "./codec/bin-selection.ts";
import { writeKey } from "./codec/key.ts";
import { checkOperands, readsOnly, snapshot, writeOperations } from "./codec/operations.ts";
import { writeBins } from "./codec/particle.ts";
import type { PolicyBlock } from "./codec/policy.ts";
import { readOperateRecord, readRecord } from "./codec/record-reader.ts";
import { readUdfResult, writeUdfCall } from "./codec/udf.ts";
import { Command } from "./command.ts";
import type { Key } from "./key.ts";
import type { Operation, OperationKind } from "./operation.ts";
import type { ApplyOptions, GetOptions, ReadOptions, RemoveOptions, TouchOptions, WriteOptions } from "./policy.ts";
import type { AerospikeRecord, OperateRecord } from "./record.ts";
import { Code } from "./result-code.ts";
import { isFailure, type Session } from "./session.ts";
import type { BinInput } from "./values/value.ts";

/** For {@link Client.put}; with an `operand`, for {@link Client.add} and its like. */
export function writeRecord(
  session: Session,
  command: number,
  key: Key,
  bins: object,
  options: WriteOptions | undefined,
  operand: OperationKind | undefined,
): Promise<void> {
  const policy = session.policies.write;
  let size = 0;
  return session.send(command, policy, options, true, (w) => {
    policy.write(w, options);
    writeKey(w, key);
    const start = w.length;
    if (operand !== undefined) checkOperands(operand, bins);
    writeBins(w, bins, session.undefinedBins, "bins");
    size = w.length - start;
  }, (reply) => {
    if (isFailure(reply)) throw session.error(reply, { key, size, ttl: hasTtl(options) });
  });
}

/** For {@link Client.get}. */
export function getRecord<T extends object>(
  session: Session,
  key: Key,
  options: GetOptions<keyof T & string> | undefined,
): Promise<AerospikeRecord<T> | null> {
  const policy = session.policies.get;
  return session.send(Command.GET, policy, options, false, (w) => {
    policy.write(w, options);
    writeKey(w, key);
    writeSelection(w, options?.bins, "options.bins");
  }, (reply) => {
    if (reply.code !== Code.OK) return session.missed(reply, key);
    return readRecord<T>(reply, key, session.decode);
  });
}

/** For {@link Client.header}. */
export function getHeader(
  session: Session,
  key: Key,
  options: ReadOptions | undefined,
): Promise<AerospikeRecord<Record<never, never>> | null> {
  const policy = session.policies.read;
  return session.send(Command.GET, policy, options, false, (w) => {
    policy.write(w, options);
    writeKey(w, key);
    writeHeaderSelection(w);
  }, (reply) => {
    if (reply.code !== Code.OK) return session.missed(reply, key);
    return readRecord<Record<never, never>>(reply, key, session.decode);
  });
}

/** For {@link Client.exists}. */
export function recordExists(session: Session, key: Key, options: ReadOptions | undefined): Promise<boolean> {
  const policy = session.policies.read;
  return session.send(Command.EXISTS, policy, options, false, (w) => {
    policy.write(w, options);
    writeKey(w, key);
  }, (reply) => {
    if (isFailure(reply)) throw session.error(reply, { key });
    return reply.code === Code.OK;
  });
}

/** For {@link Client.remove} and {@link Client.touch}: false where there is no record. */
export function removeOrTouch(
  session: Session,
  command: number,
  policy: PolicyBlock,
  key: Key,
  options: RemoveOptions | TouchOptions | undefined,
): Promise<boolean> {
  return session.send(command, policy, options, true, (w) => {
    policy.write(w, options);
    writeKey(w, key);
  }, (reply) => {
    if (reply.code === Code.OK) return true;
    if (reply.code === Code.RECORD_NOT_FOUND) return false;
    // A write that a filter kept from taking place is no miss.
    throw session.error(reply, { key, ttl: hasTtl(options) });
  });
}

/** For {@link Client.operate}. */
export function operateRecord<T extends object>(
  session: Session,
  key: Key,
  operations: readonly Operation[],
  options: WriteOptions | undefined,
): Promise<OperateRecord<T> | null> {
  let size = 0;
  let own: readonly Operation[];
  let writes: boolean;
  try {
    own = snapshot(operations);
    writes = !readsOnly(own);
  } catch (error) {
    // A getter's. What an async method throws, it rejects with.
    return Promise.reject(error);
  }
  const policy = writes ? session.policies.write : session.policies.readOperate;
  return session.send(Command.OPERATE, policy, options, writes, (w) => {
    policy.write(w, options);
    writeKey(w, key);
    const start = w.length;
    writeOperations(w, own, "operations");
    size = w.length - start;
  }, (reply) => {
    if (isFailure(reply)) throw session.error(reply, { key, size, ttl: hasTtl(options), operations: own });
    return reply.code === Code.OK ? readOperateRecord<T>(reply, key, writes, session.decode, own) : null;
  });
}

/** For {@link Client.apply}. */
export function applyToRecord<T>(
  session: Session,
  key: Key,
  module: string,
  functionName: string,
  args: readonly BinInput[],
  options: ApplyOptions | undefined,
): Promise<T> {
  const policy = session.policies.apply;
  return session.send(Command.APPLY, policy, options, true, (w) => {
    policy.write(w, options);
    writeKey(w, key);
    writeUdfCall(w, module, functionName, args);
  }, (reply) => {
    if (isFailure(reply)) throw session.error(reply, { key, ttl: hasTtl(options) });
    return readUdfResult(reply, key, session.decode) as T;
  });
}

function hasTtl(options: WriteOptions | RemoveOptions | TouchOptions | undefined): boolean {
  return typeof (options as WriteOptions | undefined)?.ttl === "number";
}
