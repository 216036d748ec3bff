/**
 * The options of `connect`.
 *
 * @module
 */

import { CLIENT_OPTIONS, type ClientOptions, type ClientSettings, readClientOptions } from "./client-options.ts";
import { InvalidArgumentError } from "./errors.ts";
import { type Host, readHosts } from "./hosts.ts";
import {
  booleanOption,
  checkNames,
  checkObject,
  choiceOption,
  integerOption,
  invalidOption,
  MS_LIMIT,
  msOption,
  stringOption,
} from "./option-check.ts";
import type { ReadPath } from "./policy.ts";
import { VERSION } from "./version.ts";

/** How a user logs in. */
export interface AuthOptions {
  /** `"internal"` (the default), by LDAP (`"external"`; `"external-insecure"` without TLS), or by certificate (`"pki"`). */
  readonly mode?: "internal" | "external" | "external-insecure" | "pki" | undefined;
  /** The user's name; not for `"pki"`. */
  readonly user?: string | undefined;
  /** The password; not for `"pki"`. */
  readonly password?: string | undefined;
}

/** TLS; the texts are PEM, not file names. */
export interface TlsOptions {
  /** Certificates of the authorities to trust; the system's when it is absent. */
  readonly ca?: string | undefined;
  /** This client's certificate. */
  readonly cert?: string | undefined;
  /** The certificate's private key. */
  readonly key?: string | undefined;
  /** Uses TLS for the login only. */
  readonly forLoginOnly?: boolean | undefined;
}

/** The options of {@link connect}. Times in milliseconds; what is absent has Aerospike's own default. */
export interface ConnectOptions extends ClientOptions {
  /**
   * The first nodes to ask: `"host:port"`, several with commas, `"host:tls-name:port"`, `"[::1]:3000"`, a list of these,
   * or a list of objects. Default: the environment variable `AEROSPIKE_HOSTS`, else `127.0.0.1:3000`.
   */
  readonly hosts?: string | readonly string[] | readonly Host[] | undefined;
  /** The bound on `connect` as a whole. Default 5000. */
  readonly connectTimeout?: number | undefined;
  /** The bound on opening one connection. */
  readonly socketConnectTimeout?: number | undefined;
  /** The bound on one answer to the client's own questions about the cluster. */
  readonly tendTimeout?: number | undefined;
  /** The bound on a login. */
  readonly loginTimeout?: number | undefined;
  /** Connections that were unused for this long are closed. 0: never. */
  readonly idleTimeout?: number | undefined;
  /** Connections that are kept open to each node; not more than `maxConnsPerNode`. Default 0. */
  readonly minConnsPerNode?: number | undefined;
  /** The most connections to each node, on both read paths together. Default 256. */
  readonly maxConnsPerNode?: number | undefined;
  /** Pools that those connections are spread over, 1 to 255. */
  readonly connPoolsPerNode?: number | undefined;
  /** The most connections that are being opened at a time. */
  readonly openingConnectionThreshold?: number | undefined;
  /** With `false`, `connect` succeeds while the database is down, and the client goes on trying. Default true. */
  readonly failIfNotConnected?: boolean | undefined;
  /** How often the cluster is asked what changed. At least 250. */
  readonly tendInterval?: number | undefined;
  /** The name that the cluster must have. */
  readonly clusterName?: string | undefined;
  /** How to log in; `"pki"` needs `tls`. */
  readonly auth?: AuthOptions | undefined;
  /** Turns TLS on; `true` for the system's authorities and no certificate of its own. */
  readonly tls?: TlsOptions | boolean | undefined;
  /** The racks that this client is near to, the nearest first; for `replica: "prefer-rack"`. */
  readonly rackIds?: readonly number[] | undefined;
  /** Addresses that the server tells, and what to use instead of them. */
  readonly ipMap?: { readonly [address: string]: string } | undefined;
  /** Uses the nodes' alternate addresses. */
  readonly useServicesAlternate?: boolean | undefined;
  /** What the server's log calls the application. Default `aerospike-ts/<version>`. */
  readonly applicationId?: string | undefined;
  /** What the server's log calls this client. Default `aerospike-ts/<version>`. */
  readonly customClientId?: string | undefined;
  /** Errors of a node in an `errorRateWindow` from which on commands to it fail at once. 0: no limit. */
  readonly maxErrorRate?: number | undefined;
  /** That window, in numbers of `tendInterval`. */
  readonly errorRateWindow?: number | undefined;
  /** Uses the given hosts only, and asks for no others. */
  readonly seedOnlyCluster?: boolean | undefined;
  /** Commands that run at the same time; more wait, in order. 0: as many as there may be connections. */
  readonly maxConcurrentCommands?: number | undefined;
  /** How long a command may wait for its turn. 0: until its own deadline. */
  readonly commandQueueTimeout?: number | undefined;
  /**
   * `"core"` keeps every read and every write of this client off the direct path, and leaves all connections to
   * `aerospike-core`, as the environment variable `AEROSPIKE_READ_PATH=core` does for a process. Default `"direct"`.
   */
  readonly readPath?: ReadPath | undefined;
}

/** What became of the options. */
export interface ConnectSettings extends ClientSettings {
  /** The JSON of OPEN, `docs/abi.md`. */
  readonly configuration: string;
}

const HOSTS_VARIABLE = "AEROSPIKE_HOSTS";
const CONNECT_TIMEOUT = 5000;
/** Core's default of `maxConnsPerNode`. */
const MAX_CONNS = 256;
const DEFAULT_HOST = "127.0.0.1:3000";
const CLIENT_ID = `aerospike-ts/${VERSION}`;
const READ_PATHS: readonly ReadPath[] = ["direct", "core"];

/** Turns an option into its member of the configuration. */
type Member = (value: unknown, path: string) => unknown;

const count: Member = (value, path) => integerOption(value, path, 0, 100_000);
const atLeastOne: Member = (value, path) => integerOption(value, path, 1, 100_000);

/** The options that go into the configuration as they are. */
const MEMBERS: Readonly<Record<string, Member>> = {
  hosts: readHosts,
  connectTimeout: (value, path) => integerOption(value, path, 1, MS_LIMIT),
  socketConnectTimeout: msOption,
  tendTimeout: msOption,
  loginTimeout: msOption,
  idleTimeout: msOption,
  minConnsPerNode: count,
  maxConnsPerNode: atLeastOne,
  connPoolsPerNode: (value, path) => integerOption(value, path, 1, 255),
  openingConnectionThreshold: count,
  failIfNotConnected: booleanOption,
  tendInterval: (value, path) => integerOption(value, path, 250, MS_LIMIT),
  clusterName: stringOption,
  auth: readAuth,
  tls: readTls,
  rackIds: readRackIds,
  ipMap: readIpMap,
  useServicesAlternate: booleanOption,
  applicationId: stringOption,
  customClientId: stringOption,
  maxErrorRate: count,
  errorRateWindow: atLeastOne,
  seedOnlyCluster: booleanOption,
  maxConcurrentCommands: (value, path) => integerOption(value, path, 0, 10_000_000),
  commandQueueTimeout: msOption,
  readPath: (value, path) => READ_PATHS[choiceOption(value, path, READ_PATHS)],
};

/** The options that say what a cluster is like. */
export const CLUSTER_OPTIONS: readonly string[] = Object.keys(MEMBERS);

const VALID: readonly string[] = [...CLUSTER_OPTIONS, ...CLIENT_OPTIONS];

/**
 * Checks the options and resolves them; `env` reads the environment.
 *
 * @throws {InvalidArgumentError} where an option is unknown or not valid
 */
export function readConnectOptions(
  options: ConnectOptions | undefined,
  env: (name: string) => string | undefined,
): ConnectSettings {
  const given = options === undefined ? {} : options;
  checkNames(given, "options", VALID);
  const configuration: Record<string, unknown> = {
    connectTimeout: CONNECT_TIMEOUT,
    applicationId: CLIENT_ID,
    customClientId: CLIENT_ID,
  };
  for (const name in given) {
    const value = given[name];
    if (value === undefined) continue;
    const member = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
    const result = member?.(value, `options.${name}`);
    if (result !== undefined) configuration[name] = result;
  }
  configuration.hosts ??= hostsOfEnvironment(env);
  if (given.autoBatch === true && configuration.readPath === "core") {
    throw new InvalidArgumentError(
      'options.autoBatch has no effect with options.readPath "core": only the direct path joins',
    );
  }
  checkTogether(configuration);
  return { configuration: JSON.stringify(configuration), ...readClientOptions(given) };
}

/** What two options say of each other. */
function checkTogether(configuration: Record<string, unknown>): void {
  const { minConnsPerNode: least, maxConnsPerNode: most = MAX_CONNS, auth, tls } = configuration;
  if (least !== undefined && (least as number) > (most as number)) {
    throw new InvalidArgumentError(
      `options.minConnsPerNode is ${least}: it must be at most options.maxConnsPerNode, ${most}`,
    );
  }
  if ((auth as { mode?: string } | undefined)?.mode === "pki" && tls === undefined) {
    throw new InvalidArgumentError(
      'options.auth.mode "pki" needs options.tls: the certificate that logs in is in its cert and key',
    );
  }
}

function hostsOfEnvironment(env: (name: string) => string | undefined): unknown {
  const named = env(HOSTS_VARIABLE);
  return named === undefined || named.trim() === ""
    ? readHosts(DEFAULT_HOST, "the default host")
    : readHosts(named, `the environment variable ${HOSTS_VARIABLE}`);
}

function readAuth(value: unknown, path: string): unknown {
  checkNames(value, path, ["mode", "user", "password"]);
  const modes = ["internal", "external", "external-insecure", "pki"];
  const mode = value.mode === undefined ? "internal" : modes[choiceOption(value.mode, `${path}.mode`, modes)];
  if (mode === "pki") {
    if (value.user !== undefined || value.password !== undefined) {
      throw new InvalidArgumentError(
        `${path}.mode "pki" takes no user and no password: the certificate says who it is`,
      );
    }
    return { mode };
  }
  return {
    mode,
    user: stringOption(value.user, `${path}.user`),
    password: value.password === "" ? "" : stringOption(value.password, `${path}.password`),
  };
}

function readTls(value: unknown, path: string): unknown {
  if (value === true) return {};
  if (value === false) return undefined;
  checkNames(value, path, ["ca", "cert", "key", "forLoginOnly"]);
  const tls: Record<string, unknown> = {};
  for (const name of ["ca", "cert", "key"]) {
    if (value[name] !== undefined) tls[name] = pem(value[name], `${path}.${name}`);
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new InvalidArgumentError(`${path}.cert and ${path}.key belong together: give both or none`);
  }
  if (value.forLoginOnly !== undefined) {
    tls.forLoginOnly = booleanOption(value.forLoginOnly, `${path}.forLoginOnly`);
  }
  return tls;
}

function pem(value: unknown, path: string): string {
  const text = stringOption(value, path);
  if (text.includes("-----BEGIN ")) return text;
  throw new InvalidArgumentError(`${path} is not a PEM text: give what is in the file, not its name`);
}

function readRackIds(value: unknown, path: string): number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidOption(value, path, "a list of numbers that is not empty");
  }
  return Array.from(value, (id: unknown, at) => integerOption(id, `${path}[${at}]`, 0, 1_000_000));
}

function readIpMap(value: unknown, path: string): Record<string, string> {
  checkObject(value, path);
  return Object.fromEntries(
    Object.entries(value).map(([from, to]) => [from, stringOption(to, `${path}[${JSON.stringify(from)}]`)]),
  );
}
