/**
 * Where the cluster's first nodes are: texts and objects to hosts.
 *
 * @module
 */

import { InvalidArgumentError } from "./errors.ts";
import { checkNames, integerOption, invalidOption, stringOption } from "./option-check.ts";

/** A node of the cluster. */
export interface Host {
  /** Name or address. */
  readonly host: string;
  /** The service port. Default 3000. */
  readonly port?: number | undefined;
  /** With TLS, the name that the node's certificate must have. Default: `host`. */
  readonly tlsName?: string | undefined;
}

/** A host with its port. */
export interface ResolvedHost {
  /** Name or address. */
  readonly host: string;
  /** The service port. */
  readonly port: number;
  /** The name in the node's certificate. */
  readonly tlsName?: string;
}

const DEFAULT_PORT = 3000;
const HOST_FIELDS = ["host", "port", "tlsName"] as const;
const FORMS = `"host", "host:port", "host:tls-name:port" or "[::1]:port"`;

/** Reads the `hosts` option: a text (a list with commas), a list of texts, or a list of objects. */
export function readHosts(hosts: unknown, path: string): ResolvedHost[] {
  if (typeof hosts === "string") return readList(hosts, path);
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw invalidOption(hosts, path, "a string, or a list of strings or of {host, port, tlsName} that is not empty");
  }
  // Array.from, because flatMap passes over the holes of a sparse list.
  return Array.from(
    hosts,
    (host: unknown, at) =>
      typeof host === "string" ? readList(host, `${path}[${at}]`) : [readHost(host, `${path}[${at}]`)],
  ).flat();
}

function readList(text: string, path: string): ResolvedHost[] {
  return text.split(",").map((part) => readText(part.trim(), path));
}

function readText(text: string, path: string): ResolvedHost {
  let host: string;
  let rest: string[];
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    const after = text.slice(end + 1);
    if (end < 2 || (after !== "" && !after.startsWith(":"))) throw badHost(text, path);
    host = text.slice(1, end);
    rest = after === "" ? [] : after.slice(1).split(":");
  } else {
    const [first, ...others] = text.split(":");
    host = first ?? "";
    rest = others;
  }
  if (host === "" || rest.length > 2 || rest.some((part) => part === "")) throw badHost(text, path);
  const last = rest.at(-1);
  if (last === undefined) return { host, port: DEFAULT_PORT };
  if (!/^\d{1,5}$/.test(last)) throw badHost(text, path);
  const port = Number(last);
  if (port < 1 || port > 65535) throw badHost(text, path);
  return rest.length === 2 ? { host, port, tlsName: rest[0] as string } : { host, port };
}

function badHost(text: string, path: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${path} has ${JSON.stringify(text.slice(0, 80))}: a host is ${FORMS}, with a port from 1 to 65535`,
  );
}

function readHost(host: unknown, path: string): ResolvedHost {
  checkNames(host, path, HOST_FIELDS);
  const { host: name, port, tlsName } = host;
  const resolved = {
    host: stringOption(name, `${path}.host`),
    port: port === undefined ? DEFAULT_PORT : integerOption(port, `${path}.port`, 1, 65535),
  };
  return tlsName === undefined ? resolved : { ...resolved, tlsName: stringOption(tlsName, `${path}.tlsName`) };
}
