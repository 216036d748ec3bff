import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { InvalidArgumentError, LibraryError } from "../mod.ts";
import { FrameWriter } from "../src/codec/frame-writer.ts";
import { policyBlocks } from "../src/codec/policy.ts";
import { rowBlock, WRITE_ROW } from "../src/codec/row-policy.ts";
import { readConnectOptions } from "../src/connect-options.ts";
import { readHosts } from "../src/hosts.ts";
import { detectRuntime } from "../src/runtime.ts";

const noEnv = (): undefined => undefined;

// deno-lint-ignore no-explicit-any -- the tests give what the types forbid
function settings(options: any, env: (name: string) => string | undefined = noEnv): any {
  const read = readConnectOptions(options, env);
  return { ...read, configuration: JSON.parse(read.configuration) };
}

function refused(call: () => unknown, ...parts: string[]): void {
  const error = assertThrows(call, InvalidArgumentError) as Error;
  for (const part of parts) assert(error.message.includes(part), `${error.message} | ${part}`);
}

test("hosts", () => {
  const one = { host: "127.0.0.1", port: 3000 };
  assertEquals(settings(undefined).configuration.hosts, [one]);
  assertEquals(settings({}, (name) => name === "AEROSPIKE_HOSTS" ? "h1:3001,h2" : undefined).configuration.hosts, [
    { host: "h1", port: 3001 },
    { host: "h2", port: 3000 },
  ]);
  assertEquals(readHosts("h1:3000, h2:tls.name:4333", "x"), [
    { host: "h1", port: 3000 },
    { host: "h2", port: 4333, tlsName: "tls.name" },
  ]);
  assertEquals(readHosts("[::1]:3000", "x"), [{ host: "::1", port: 3000 }]);
  assertEquals(readHosts("[::1]", "x"), [{ host: "::1", port: 3000 }]);
  assertEquals(readHosts(["[fe80::1]:t:3000", { host: "a", port: 1, tlsName: "b" }], "x"), [
    { host: "fe80::1", port: 3000, tlsName: "t" },
    { host: "a", port: 1, tlsName: "b" },
  ]);
  for (const bad of ["", "h:", "h:0", "h:65536", "h:x", "a:b:c:d", "::1", "[::1", "[::1]x", ","]) {
    refused(() => readHosts(bad, "options.hosts"), "options.hosts");
  }
  refused(() => readHosts([], "options.hosts"), "options.hosts");
  refused(() => readHosts([{ host: "a", prt: 1 }], "options.hosts"), "port?");
  refused(() => settings({}, () => "h:x"), "AEROSPIKE_HOSTS");
});

test("connect options are checked by name, type and range", () => {
  refused(() => settings({ maxConnPerNode: 1 }), "options.maxConnPerNode", "maxConnsPerNode?");
  refused(() => settings({ connectTimeout: null }), "options.connectTimeout is null");
  refused(() => settings({ connectTimeout: "5" }), "options.connectTimeout");
  refused(() => settings({ tendInterval: 10 }), "250");
  refused(() => settings(null), "options is null");
  refused(() => settings({ integers: "int" }), '"bigint"');
  refused(() => settings({ rackIds: [] }), "options.rackIds");
  refused(() => settings({ tls: { ca: "/etc/ca.pem" } }), "PEM");
  refused(() => settings({ tls: { cert: "-----BEGIN X" } }), "both or none");
  refused(() => settings({ auth: { user: "u", pasword: "geheim" } }), "password?");
  refused(() => settings({ auth: { mode: "pki", user: "u" } }), "pki");
  refused(() => settings({ log: { level: "info" } }), "options.log.onLog");
  refused(() => settings({ policies: { reads: {} } }), "read?");
  refused(
    () => settings({ policies: { read: { totalTimout: 1 } } }),
    "options.policies.read.totalTimout",
    "totalTimeout?",
  );
  refused(() => settings({ policies: { write: { ttl: 0 } } }), '"never"');
  refused(() => settings({ policies: { write: null } }), "options.policies.write is null");
  const error = assertThrows(() => settings({ auth: { user: 1, password: "geheim" } })) as Error;
  assert(!error.message.includes("geheim"));
});

test("ranges are those of the native library, and options that belong together are checked together", () => {
  refused(() => settings({ connPoolsPerNode: 300 }), "options.connPoolsPerNode", "from 1 to 255");
  refused(() => settings({ connPoolsPerNode: 0 }), "options.connPoolsPerNode");
  assertEquals(settings({ connPoolsPerNode: 255 }).configuration.connPoolsPerNode, 255);
  refused(() => settings({ minConnsPerNode: 20, maxConnsPerNode: 10 }), "options.minConnsPerNode", "at most", "10");
  refused(() => settings({ minConnsPerNode: 300 }), "options.minConnsPerNode", "256");
  assertEquals(settings({ minConnsPerNode: 10, maxConnsPerNode: 10 }).configuration.minConnsPerNode, 10);
  refused(() => settings({ auth: { mode: "pki" } }), "options.tls");
  refused(() => settings({ auth: { mode: "pki" }, tls: false }), "options.tls");
  assertEquals(settings({ auth: { mode: "pki" }, tls: true }).configuration.auth, { mode: "pki" });
  refused(() => settings({ hosts: [{ host: "a", port: 65536 }] }), "options.hosts[0].port");
  // deno-lint-ignore no-sparse-arrays -- what it is about
  refused(() => settings({ hosts: [, "a"] }), "options.hosts[0]");
  // deno-lint-ignore no-sparse-arrays -- what it is about
  refused(() => settings({ rackIds: [, 1] }), "options.rackIds[0]");
  refused(() => settings(new Map([["hosts", "a"]])), "options is a Map", "must be");
  refused(() => settings({ auth: new Date() }), "options.auth is a Date");
  refused(() => settings({ policies: { batchRemove: { ttl: 5 } } }), "options.policies.batchRemove.ttl", "no effect");
});

test("connect options have defaults that say who connects", () => {
  const { configuration, decode, undefinedBins, queueCapacity } = settings({
    tls: true,
    failIfNotConnected: undefined,
  });
  assertEquals(configuration.connectTimeout, 5000);
  assert(/^aerospike-ts\/\d/.test(configuration.applicationId));
  assertEquals(configuration.tls, {});
  assertEquals("failIfNotConnected" in configuration, false);
  assertEquals(decode, { integers: "auto", doubles: "plain", maps: "auto" });
  assertEquals([undefinedBins, queueCapacity], ["error", 65536]);
  assertEquals(settings({ log: { onLog() {} } }).log.level, 2);
});

function block(kind: "read" | "write" | "batchWrite", options?: object, policies?: object): DataView {
  const writer = new FrameWriter();
  policyBlocks(policies, "options.policies")[kind].write(writer, options);
  return new DataView(writer.bytes.slice(0, writer.length).buffer);
}

test("policies layer: built-in, client, call", () => {
  const plain = block("read");
  assertEquals([plain.byteLength, plain.getUint32(0, true), plain.getUint32(4, true), plain.getUint32(12, true)], [
    32,
    30000,
    1000,
    2,
  ]);
  assertEquals([plain.getFloat32(20, true), plain.getUint8(24)], [1, 2]);
  const client = block("read", undefined, { read: { totalTimeout: 50, replica: "any" } });
  assertEquals([client.getUint32(4, true), client.getUint8(24)], [50, 1]);
  const call = block("read", { totalTimeout: 7, maxRetries: undefined }, { read: { totalTimeout: 50, maxRetries: 5 } });
  assertEquals([call.getUint32(4, true), call.getUint32(12, true)], [7, 5]);
  assertEquals(block("read", { readTouchTtlPercent: "keep", compress: true }).getInt8(27), -1);
  assertEquals(block("write").getUint32(12, true), 0);
});

test("write policies", () => {
  const view = block("write", {
    recordExists: "create-only",
    generation: 7,
    commitLevel: "master",
    sendKey: true,
    durableDelete: true,
    ttl: 3600,
  });
  assertEquals(view.byteLength, 48);
  assertEquals([32, 33, 34, 35].map((at) => view.getUint8(at)), [4, 1, 1, 3]);
  assertEquals([view.getUint32(36, true), view.getUint32(40, true)], [7, 3600]);
  assertEquals(block("write", { ttl: "never" }).getUint32(40, true), 0xffffffff);
  assertEquals(block("write", { ttl: "keep" }).getUint32(40, true), 0xfffffffe);
  assertEquals(block("write", { generation: 1, generationPolicy: "greater" }).getUint8(33), 2);
  assertEquals(block("write", { sendKey: false }, { write: { sendKey: true, durableDelete: true } }).getUint8(35), 2);
  refused(() => block("write", { ttl: 0 }), "options.ttl", '"never"', '"keep"', '"default"');
  refused(() => block("write", { ttl: -1 }), "options.ttl");
  refused(() => block("write", { ttl: null }), "options.ttl is null");
  refused(() => block("write", { generationPolicy: "greater" }), "options.generation");
  refused(() => block("write", { recordExists: "create" }), "create-only");
  refused(() => block("write", { maxRetry: 1 }), "maxRetries?");
  refused(() => block("write", { maxRetries: "1" }), "options.maxRetries");
  refused(() => block("write", { maxRetries: 1.5 }), "options.maxRetries");
  refused(() => block("write", { sendKey: 1 }), "true or false");
  refused(() => block("write", { signal: {} }), "AbortSignal");
  refused(() => block("write", null as never), "options is null");
  refused(() => block("write", [] as never), "options is an array");
  refused(() => block("read", { ttl: 1 }), "options.ttl");
});

test("a batch's rows layer over the call", () => {
  const blocks = policyBlocks({ batchWrite: { ttl: 100 } }, "p");
  const writer = new FrameWriter();
  const shared = blocks.batchWrite.writeBatch(writer, { sendKey: true, concurrent: "sequential" });
  assertEquals(writer.length, 48);
  assertEquals([writer.bytes[32], writer.bytes[33], writer.bytes[34], writer.bytes[35]], [1, 0, 1, 1]);
  assertEquals(shared.length, 16);
  assertEquals(rowBlock(shared, { key: 1, bins: {} }, "rows[0]", WRITE_ROW), shared);
  assert(rowBlock(shared, { key: 1, bins: {}, ttl: undefined }, "rows[0]", WRITE_ROW) === shared);
  const own = new DataView(rowBlock(shared, { key: 1, ttl: "never", generation: 3 }, "rows[0]", WRITE_ROW).buffer);
  assertEquals([own.getUint8(1), own.getUint8(3), own.getUint32(4, true), own.getUint32(8, true)], [
    1,
    1,
    3,
    0xffffffff,
  ]);
  assertEquals(new DataView(shared.buffer).getUint32(8, true), 100);
  refused(() => rowBlock(shared, { key: 1, tll: 1 }, "rows[5]", WRITE_ROW), "rows[5].tll", "ttl?");
});

test("runtimes have floors", () => {
  assertEquals(detectRuntime({ Deno: { version: { deno: "2.5.0" } } }), "deno");
  assertEquals(detectRuntime({ Deno: { version: { deno: "3.0.0" } } }), "deno");
  assertEquals(detectRuntime({ Bun: { version: "1.4.0" }, process: { versions: { node: "24.0.0" } } }), "bun");
  const old = (globals: object, part: string): void => {
    assertThrows(() => detectRuntime(globals), LibraryError, part);
  };
  old({ Deno: { version: { deno: "2.4.9" } } }, "Deno 2.5");
  old({ Bun: { version: "1.3.99" } }, "Bun 1.4");
  old({ process: { versions: { node: "24.0.0" } } }, "Node 24.0.0");
  old({}, "this runtime");
});
