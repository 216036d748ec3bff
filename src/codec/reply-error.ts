/**
 * Error payloads as typed errors: the native library's words, and the cure where there is one.
 *
 * @module
 */

import {
  type AerospikeError,
  type AerospikeErrorInit,
  defaultMessage,
  errorOf,
  type ErrorPhase,
  type SubError,
} from "../errors.ts";
import { hex, type Key } from "../key.ts";
import type { Operation } from "../operation.ts";
import { Code, codeName } from "../result-code.ts";
import { culprit } from "./culprit.ts";

/** What is known about a command that failed. */
export interface ErrorContext {
  /** The record. */
  readonly key?: Key | undefined;
  /** The size of the encoded bins or operations in bytes. */
  readonly size?: number | undefined;
  /** Whether the call set a ttl. */
  readonly ttl?: boolean | undefined;
  /** What was to be done to the record. */
  readonly operations?: readonly Operation[] | undefined;
  /** The place of a batch's row in the arguments. */
  readonly row?: string | undefined;
}

interface ErrorPayload {
  readonly message?: string;
  readonly node?: string;
  readonly inDoubt?: boolean;
  readonly sent?: boolean;
  readonly phase?: ErrorPhase;
  readonly iteration?: number;
  readonly subErrors?: readonly SubError[];
  readonly subcode?: number;
  readonly serverMessage?: string;
}

const decoder: TextDecoder = new TextDecoder();

/** The error of an error record or of a batch's row. `length` 0: it came without words. */
export function readError(
  code: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  context: ErrorContext,
  defaults: ErrorPayload = {},
): AerospikeError {
  let payload: ErrorPayload = defaults;
  if (length > 0) {
    const text = decoder.decode(bytes.subarray(offset, offset + length));
    try {
      payload = { ...defaults, ...JSON.parse(text) as ErrorPayload };
    } catch {
      // A fault of the native library must not hide the error that it wanted to report.
      payload = { ...defaults, message: text };
    }
  }
  return replyError(code, payload, context);
}

/** The error of a code with what is known about it. */
export function replyError(code: number, payload: ErrorPayload, context: ErrorContext): AerospikeError {
  const { message, ...known } = payload;
  const what = message === undefined || message === "" ? defaultMessage(code) : message;
  const where = culprit(code, context.operations);
  const cure = [cureOf(code, what, context), where].filter((part) => part !== undefined).join("; ");
  const name = codeName(code);
  const named = what.includes(name) ? what : `${name} (${code}): ${what}`;
  const head = context.row === undefined ? named : `${context.row}: ${named}`;
  return errorOf(code, cure === "" ? head : `${head}; ${cure}`, { ...known, ...keyOf(context.key) });
}

function keyOf(key: Key | undefined): AerospikeErrorInit {
  if (key === undefined) return {};
  return { namespace: key.namespace, set: key.set, digest: hex(key.digest) };
}

function cureOf(code: number, message: string, context: ErrorContext): string | undefined {
  const namespace = context.key?.namespace;
  switch (code) {
    case Code.FAIL_FORBIDDEN: {
      // The native library's own hint to a write says what a ttl needs.
      const hinted = message.includes("nsup-period above 0");
      if (context.ttl === true) {
        const why = hinted ? "set it" : `the namespace ${namespace} refuses a ttl while its nsup-period is 0: set it`;
        return `${why} (or allow-ttl-without-nsup) in the server's configuration, or write with ttl "never"`;
      }
      const others = "the namespace may be in stop-writes, or refuse writes while the cluster changes";
      return hinted ? others : `${others}, or refuse records with a ttl while its nsup-period is 0`;
    }
    case Code.RECORD_TOO_BIG:
      return context.size === undefined
        ? "store less in it, or raise the namespace's max-record-size (write-block-size before server 7.1)"
        : `what was sent has ${context.size} bytes: store less, or raise the namespace's max-record-size ` +
          `(write-block-size before server 7.1)`;
    case Code.NAMESPACE_NOT_FOUND:
      // The native library names those that there are, where the server told it in time.
      return message.includes("the cluster has: ")
        ? undefined
        : `the server has no namespace ${
          namespace ?? "of this name"
        }: client.info("namespaces") lists those that exist`;
    case Code.BIN_INCOMPATIBLE_TYPE:
      return "the bin holds a value of another type: read it first, or overwrite it with put()";
    case Code.BIN_NAME:
      return "a bin name has at most 15 bytes";
    case Code.RECORD_EXISTS:
      return `the write said recordExists "create-only"`;
    case Code.RECORD_GENERATION:
      return "the record changed since it was read: read it again, and try again with its generation";
    case Code.RECORD_NOT_FOUND:
      return `the write asks for a record that exists (recordExists "update-only" or "replace-only", touch, or generation)`;
    case Code.UDF:
      if (message.includes("Execution Error 1")) {
        return "no such module works on this node: client.listUdfs() lists them";
      }
      return message.includes("function not found") ? "a module's functions are its globals" : undefined;
    case Code.ENTERPRISE_ONLY:
      return "this server is a Community Edition";
    case Code.RECORD_BUSY:
      return "this record is a hot key: spread its load, or raise transaction-pending-limit";
    case Code.DEVICE_OVERLOAD:
    case Code.SERVER_FULL:
      return "write less at a time, or give the namespace more room";
    default:
      return undefined;
  }
}
