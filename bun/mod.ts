/**
 * The client for Bun: the same as the main entry, under a name of its own for bundlers that resolve by runtime.
 *
 * @module
 */
export * from "../mod.ts";
