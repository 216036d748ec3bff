/** Imports a module, and says whether Arrow came with it: Arrow asks for a symbol of its own when it is loaded. */
import process from "node:process";

const asked = new Set<string>();
const original = Symbol.for;
Symbol.for = (name) => {
  asked.add(name);
  return original(name);
};
await import(process.argv[2] as string);
console.log(asked.has("apache-arrow/Data") ? "loaded" : "not loaded");
