/**
 * The errors of this client. A caller asks what to do by class, and for the exact reason by `code` or `codeName`.
 *
 * @module
 */

import { Code, codeDescription, codeName } from "./result-code.ts";

/** Marks errors of every copy of this package, so that {@link AerospikeError.is} works across copies. */
const BRAND: unique symbol = Symbol.for("aerospike-ts.error") as never;

/** Where the time of a command passed, or where it failed. */
export type ErrorPhase = "queue" | "connect" | "command";

/** One of the failures behind an error: an attempt that was retried, or a row of a batch. */
export interface SubError {
  /** The result code. */
  readonly code: number;
  /** What happened. */
  readonly message: string;
  /** The node it happened on. */
  readonly node?: string | undefined;
}

/** What an {@link AerospikeError} is built from. */
export interface AerospikeErrorInit {
  /** The result code. */
  readonly code?: number | undefined;
  /** A write may or may not have taken place. */
  readonly inDoubt?: boolean | undefined;
  /** The command had been sent to a server. */
  readonly sent?: boolean | undefined;
  /** Where the time passed, or where the command failed. */
  readonly phase?: ErrorPhase | undefined;
  /** The node that answered, or that was asked. */
  readonly node?: string | undefined;
  /** The attempt, counted from 1. */
  readonly iteration?: number | undefined;
  /** The failures of the attempts or rows. */
  readonly subErrors?: readonly SubError[] | undefined;
  /** The server's detailed code, where it sends one. */
  readonly subcode?: number | undefined;
  /** The server's own words, where it sends some. */
  readonly serverMessage?: string | undefined;
  /** The namespace of the key. */
  readonly namespace?: string | undefined;
  /** The set of the key. */
  readonly set?: string | undefined;
  /** The digest of the key, in hexadecimal digits. */
  readonly digest?: string | undefined;
  /** The error behind this one. */
  readonly cause?: unknown;
}

/** The JSON form of an {@link AerospikeError}: below 2 KiB, and free of bins, user keys and secrets. */
export interface AerospikeErrorJSON {
  /** The class of the error. */
  name: string;
  /** The message, cut where its JSON would take more than 800 bytes. */
  message: string;
  /** The result code. */
  code: number;
  /** The constant of the result code. */
  codeName: string;
  /** A write may or may not have taken place. */
  inDoubt: boolean;
  /** The command had been sent to a server. */
  sent: boolean;
  /** Where the command failed. */
  phase?: ErrorPhase;
  /** The node. */
  node?: string;
  /** The attempt. */
  iteration?: number;
  /** The namespace of the key. */
  namespace?: string;
  /** The set of the key. */
  set?: string;
  /** The digest of the key. */
  digest?: string;
  /** The first failures of attempts or rows, as many as fit. */
  subErrors?: SubError[];
  /** The name and message of the error behind this one. */
  cause?: string;
}

/** The fields that an error only has where they are known. */
const KNOWN = [
  "phase",
  "node",
  "iteration",
  "subErrors",
  "subcode",
  "serverMessage",
  "namespace",
  "set",
  "digest",
] as const;

// Sizes are bytes of JSON in UTF-8, escapes included; one line of a log takes an error.
const JSON_LIMIT = 2000;
const MESSAGE_LIMIT = 800;
/** Room for the longest set, unless it is made of control characters. */
const NAME_LIMIT = 100;
const SHORT_LIMIT = 120;
const NODE_LIMIT = 60;
const ELLIPSIS = "…";

const encoder: TextEncoder = new TextEncoder();

function jsonSize(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/** The text, cut so that its JSON has at most `limit` bytes between the quotes. */
function bounded(text: string, limit: number): string {
  if (text.length <= limit && jsonSize(text) - 2 <= limit) return text;
  let short = "";
  // Three bytes are the ellipsis.
  let left = limit - 3;
  for (const character of text) {
    left -= jsonSize(character) - 2;
    if (left < 0) break;
    short += character;
  }
  return short + ELLIPSIS;
}

function shortened(sub: SubError): SubError {
  const message = bounded(sub.message, SHORT_LIMIT);
  return sub.node === undefined
    ? { code: sub.code, message }
    : { code: sub.code, message, node: bounded(sub.node, NODE_LIMIT) };
}

/**
 * The base class of every error of this client.
 *
 * It never holds bins, user keys, arguments or secrets: a key shows as namespace, set and digest.
 *
 * ```ts
 * import { AerospikeError } from "@aerospike-ts/client";
 *
 * const error: unknown = new AerospikeError("the record is larger than the namespace allows", { code: 13 });
 * if (AerospikeError.is(error)) console.log(error.code, error.codeName); // 13 RECORD_TOO_BIG
 * ```
 */
export class AerospikeError extends Error {
  /** 0 to 255 are the server's, -1 to -20 the Node client's, from -1000 downwards this client's own. */
  readonly code: number;
  /** A write may or may not have taken place. */
  readonly inDoubt: boolean;
  /** The command had been sent to a server. */
  readonly sent: boolean;
  // The rest is only there where it is known: a printed error shows what there is to know, and nothing else.
  /** Where the time passed, or where the command failed. */
  declare readonly phase: ErrorPhase | undefined;
  /** The node that answered, or that was asked. */
  declare readonly node: string | undefined;
  /** The attempt, counted from 1. */
  declare readonly iteration: number | undefined;
  /** The failures of the attempts or rows, in their order. */
  declare readonly subErrors: readonly SubError[];
  /** The server's detailed code, where it sends one. */
  declare readonly subcode: number | undefined;
  /** The server's own words, where it sends some. */
  declare readonly serverMessage: string | undefined;
  /** The namespace of the key. */
  declare readonly namespace: string | undefined;
  /** The set of the key. */
  declare readonly set: string | undefined;
  /** The digest of the key, in hexadecimal digits. */
  declare readonly digest: string | undefined;

  /** Makes an error; `init.code` is the result code, -1 when it is absent. */
  constructor(message: string, init: AerospikeErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code ?? Code.CLIENT;
    this.inDoubt = init.inDoubt ?? false;
    this.sent = init.sent ?? false;
    for (const name of KNOWN) {
      if (init[name] === undefined) continue;
      // A printed error stays a few lines, however many rows failed; toJSON() has the first of them.
      Object.defineProperty(this, name, { value: init[name], enumerable: name !== "subErrors" });
    }
  }

  /** The constant of the result code, for example `RECORD_TOO_BIG`. */
  get codeName(): string {
    return codeName(this.code);
  }

  /** Whether a value is an error of this client, also of another copy of this package. */
  static is(error: unknown): error is AerospikeError {
    return typeof error === "object" && error !== null && (error as { [BRAND]?: unknown })[BRAND] === true;
  }

  /** The error for logs: its JSON has less than 2 KiB. */
  toJSON(): AerospikeErrorJSON {
    const json: AerospikeErrorJSON = {
      name: bounded(this.name, NODE_LIMIT),
      message: bounded(this.message, MESSAGE_LIMIT),
      code: this.code,
      codeName: this.codeName,
      inDoubt: this.inDoubt,
      sent: this.sent,
    };
    if (this.phase !== undefined) json.phase = this.phase;
    if (this.node !== undefined) json.node = bounded(this.node, NODE_LIMIT);
    if (this.iteration !== undefined) json.iteration = this.iteration;
    if (this.namespace !== undefined) json.namespace = bounded(this.namespace, NAME_LIMIT);
    if (this.set !== undefined) json.set = bounded(this.set, NAME_LIMIT);
    if (this.digest !== undefined) json.digest = bounded(this.digest, NAME_LIMIT);
    if (this.cause instanceof Error) {
      json.cause = bounded(`${this.cause.name}: ${this.cause.message}`, SHORT_LIMIT);
    }
    let left = JSON_LIMIT - jsonSize(json);
    const subErrors: SubError[] = [];
    for (const sub of this.subErrors) {
      const short = shortened(sub);
      left -= jsonSize(short) + 1;
      if (left < SHORT_LIMIT) break;
      subErrors.push(short);
    }
    if (subErrors.length > 0) json.subErrors = subErrors;
    return json;
  }
}

/** A deadline passed: `totalTimeout`, `connectTimeout`, or the wait in a queue. `phase` says where. */
export class AerospikeTimeoutError extends AerospikeError {
  /** Makes the error. */
  constructor(message: string, init: AerospikeErrorInit = {}) {
    super(message, { code: Code.TIMEOUT, ...init });
  }
}

/** No connection to the cluster or to one of its nodes. */
export class AerospikeConnectionError extends AerospikeError {
}

/** The server refused the command; `codeName` says why. */
export class ServerError extends AerospikeError {
}

/** The record's generation was not the one that the write asked for. */
export class GenerationError extends ServerError {
}

/** A `create-only` write found a record. */
export class RecordExistsError extends ServerError {
}

/** A write's filter did not match. */
export class FilteredOutError extends ServerError {
}

/** A user-defined function failed, or its module does not compile; the message has the server's words, with file and line. */
export class UdfError extends ServerError {
  /** Makes the error. */
  constructor(message: string, init: AerospikeErrorInit = {}) {
    super(message, { code: Code.UDF, ...init });
  }
}

/** The client is closed, or was closed while the command ran. */
export class ClientClosedError extends AerospikeError {
  /** Makes the error. */
  constructor(message: string = "the client is closed", init: AerospikeErrorInit = {}) {
    super(message, { code: Code.CLOSED, ...init });
  }
}

/** An argument is wrong; the message has its path and the cure. Nothing was sent. */
export class InvalidArgumentError extends AerospikeError {
  /** Makes the error. */
  constructor(message: string, init: AerospikeErrorInit = {}) {
    super(message, { code: Code.PARAM, ...init });
  }
}

/** The native library is missing, does not load, or speaks another ABI; or the runtime is not a supported one. */
export class LibraryError extends AerospikeError {
  /** Makes the error; `abi` says that a library was found that speaks another ABI. */
  constructor(message: string, init: AerospikeErrorInit & { readonly abi?: boolean } = {}) {
    super(message, { code: init.abi === true ? Code.ABI : Code.LIBRARY, ...init });
  }
}

/** A fault of this client itself. It stays usable; please report it. */
export class InternalError extends AerospikeError {
  /** Makes the error. */
  constructor(message: string, init: AerospikeErrorInit = {}) {
    super(message, { code: Code.INTERNAL, ...init });
  }
}

/**
 * A write that had been sent was aborted: whether it took place is not known (`inDoubt`). Its `name` is `AbortError`,
 * as that of the platform's, and its `cause` is the reason of the signal.
 */
export class AbortError extends AerospikeError {
  /** Makes the error from the reason of the signal. */
  constructor(reason?: unknown, init: AerospikeErrorInit & { readonly message?: string } = {}) {
    super(init.message ?? "the write was aborted after it was sent: whether it took place is not known", {
      code: Code.CANCELLED,
      inDoubt: true,
      sent: true,
      ...init,
      cause: reason,
    });
  }
}

/** Names, spelled out so that they survive minifiers; on the prototypes, as those of the platform's errors. */
const NAMES: readonly (readonly [{ readonly prototype: AerospikeError }, string])[] = [
  [AerospikeError, "AerospikeError"],
  [AerospikeTimeoutError, "AerospikeTimeoutError"],
  [AerospikeConnectionError, "AerospikeConnectionError"],
  [ServerError, "ServerError"],
  [GenerationError, "GenerationError"],
  [RecordExistsError, "RecordExistsError"],
  [FilteredOutError, "FilteredOutError"],
  [UdfError, "UdfError"],
  [ClientClosedError, "ClientClosedError"],
  [InvalidArgumentError, "InvalidArgumentError"],
  [LibraryError, "LibraryError"],
  [InternalError, "InternalError"],
  [AbortError, "AbortError"],
];
for (const [type, name] of NAMES) {
  Object.defineProperty(type.prototype, "name", { value: name, configurable: true, writable: true });
}
Object.defineProperty(AerospikeError.prototype, BRAND, { value: true });
Object.defineProperty(AerospikeError.prototype, "subErrors", { value: Object.freeze([]) });

/** The error of the class that fits a result code. */
export function errorOf(code: number, message: string, init: AerospikeErrorInit): AerospikeError {
  const all: AerospikeErrorInit = { ...init, code };
  switch (code) {
    case Code.TIMEOUT:
    case Code.QUEUE_TIMEOUT:
      return new AerospikeTimeoutError(message, all);
    case Code.CONNECTION:
    case Code.TLS_ERROR:
    case Code.INVALID_NODE:
    case Code.NO_MORE_CONNECTIONS:
    case Code.ASYNC_CONNECTION:
    case Code.INVALID_HOST:
    case Code.MAX_ERROR_RATE:
    case Code.NO_RESPONSE:
      return new AerospikeConnectionError(message, all);
    case Code.CLOSED:
      return new ClientClosedError(message, all);
    case Code.PARAM:
      return new InvalidArgumentError(message, all);
    case Code.LIBRARY:
    case Code.ABI:
      return new LibraryError(message, all);
    case Code.INTERNAL:
      return new InternalError(message, all);
    case Code.CANCELLED:
      return new AbortError(undefined, { ...all, message });
    case Code.RECORD_GENERATION:
      return new GenerationError(message, all);
    case Code.RECORD_EXISTS:
      return new RecordExistsError(message, all);
    case Code.FILTERED_OUT:
      return new FilteredOutError(message, all);
    case Code.UDF:
      return new UdfError(message, all);
    default:
      return code > 0 ? new ServerError(message, all) : new AerospikeError(message, all);
  }
}

/** The message of a code that came without one. */
export function defaultMessage(code: number): string {
  return codeDescription(code);
}
