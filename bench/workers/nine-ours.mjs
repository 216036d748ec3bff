// This project's client, for `nine`: the same file in Deno and in Bun, and for each way to read (BENCH_READS).
import process from "node:process";
import { connect } from "../../mod.ts";
import { answer } from "./nine.mjs";
import { CLIENT_OPTIONS, measuredBy, runtimeVersion } from "./nine-client.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_READS: reads } = process.env;

const client = await connect({ hosts, ...CLIENT_OPTIONS });
const measured = measuredBy(client, namespace, reads);

await serve(`${runtimeVersion}, ${reads}`, (request) => answer(measured, request));
await client.close();
