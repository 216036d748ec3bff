/**
 * Columns as an Apache Arrow table. An entry of its own: who does not import it pays nothing for Arrow, and who does has
 * the package `apache-arrow`.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 * import { toArrowTable } from "@aerospike-ts/client/arrow";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const keys = [new Key("test", "ads", 1), new Key("test", "ads", 2)];
 * const table = toArrowTable(await client.batchReadColumns(keys, { ctr: "f32", name: "string" }));
 * console.log(table.numRows, table.getChild("ctr")?.get(0));
 * ```
 *
 * @module
 */

export { toArrowTable } from "./table.ts";
