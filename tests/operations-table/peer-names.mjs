// The names that the clients of others have for their commands, operations and expressions, read from their packages.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const functionsOf = (object) =>
  Object.entries(object).filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name)).map(([name]) =>
    name
  );

const methodsOf = (prototype) =>
  Object.getOwnPropertyNames(prototype).filter((name) =>
    name !== "constructor" && typeof Object.getOwnPropertyDescriptor(prototype, name).value === "function"
  );

/** Where those names are kept. */
export const namesFile = new URL("../support/peer-operations.json", import.meta.url);

/** The names of those clients of others that are among these programs, by client. */
export function namesOf(peers) {
  const names = {};
  for (const { name, command } of peers) {
    if (name === "npm aerospike") names[name] = namesOfNode();
    if (name === "PyPI aerospike-py") names["aerospike-py"] = namesOfPython(command);
  }
  return names;
}

/** What npm's `aerospike` has, which is among the packages of the benchmarks. */
function namesOfNode() {
  const require = createRequire(new URL("../../bench/package.json", import.meta.url));
  const aerospike = require("aerospike");
  const { exp, lists, maps, bitwise, hll, operations, cdt } = aerospike;
  return {
    version: require("aerospike/package.json").version,
    names: {
      Client: methodsOf(aerospike.Client.prototype),
      operations: functionsOf(operations),
      lists: functionsOf(lists),
      maps: functionsOf(maps),
      bitwise: functionsOf(bitwise),
      hll: functionsOf(hll),
      "cdt.Context": methodsOf(cdt.Context.prototype).filter((name) => name !== "add"),
      exp: functionsOf(exp),
      "exp.lists": functionsOf(exp.lists),
      "exp.maps": functionsOf(exp.maps),
      "exp.bit": functionsOf(exp.bit),
      "exp.hll": functionsOf(exp.hll),
      "exp.operations": functionsOf(exp.operations),
    },
  };
}

/** What PyPI's `aerospike-py` has, by the stubs in the package that this Python has. */
function namesOfPython(python) {
  const asked = "import importlib.metadata as m, os, aerospike_py as a; print(m.version('aerospike-py')); " +
    "print(os.path.dirname(a.__file__))";
  const { status, stdout, stderr } = spawnSync(python, ["-c", asked], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${python}: ${stderr}`);
  const [version, folder] = stdout.trim().split("\n");
  const read = (module) => readFileSync(`${folder}/${module}.pyi`, "utf8");
  const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
  const functions = (module) => all(read(module), /^def ([a-z]\w*)/gm);
  const main = read("__init__");
  const clients = [...main.matchAll(/^class (?:Async)?Client:\n((?: {4}.*\n|\n)*)/gm)].map((match) => match[1]).join(
    "",
  );
  return {
    version,
    names: {
      Client: all(clients, /^ {4}(?:async )?def ([a-z]\w*)/gm),
      operations: all(main, /^(OPERATOR_\w+):/gm),
      list_operations: functions("list_operations"),
      map_operations: functions("map_operations"),
      bit_operations: functions("bit_operations"),
      hll_operations: functions("hll_operations"),
      exp: functions("exp"),
    },
  };
}
