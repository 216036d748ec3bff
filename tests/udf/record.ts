// Writes the answers of a real server into corpus.json: AEROSPIKE_HOSTS=127.0.0.1:3000 deno run -A tests/udf/record.ts
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { connect } from "../../mod.ts";
import { freshSet } from "../support/server.ts";
import { answersOf, type Corpus } from "./corpus.ts";

const file = new URL("./corpus.json", import.meta.url);
await using client = await connect({ hosts: process.env["AEROSPIKE_HOSTS"] ?? "", doubles: "wrapped" });
const corpus: Corpus = JSON.parse(await readFile(file, "utf8"));
await writeFile(file, JSON.stringify(await answersOf(client, freshSet(), corpus), null, 2) + "\n");
