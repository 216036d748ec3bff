// The operations of npm's `aerospike`, for the cases that all clients build: `node.mjs build|look|filter`.
import { answer, each, fromClient, readRequest, toClient } from "../canonical.mjs";
import { Aerospike, connect } from "../node-client.mjs";
import { make, special } from "../node-values.mjs";
import { FILTERED, filters } from "./node-filters.mjs";

const { lists, maps, bitwise, hll, cdt, operations: op } = Aerospike;
const BIN = "bin";
const FAMILIES = { list: lists, map: maps, bit: bitwise, hll };
/** Which of our arguments is meant by a parameter, where it is called otherwise. */
const CALLED = {
  list: ["values", "sketches"],
  value: ["value"],
  incr: ["value"],
  decr: ["value"],
  byteOffset: ["offset"],
  bitOffset: ["offset"],
  byteSize: ["size"],
  bitSize: ["size"],
  minhashBits: ["minHashBits"],
};

/** The client has no way to say it. */
class Cannot extends Error {}

const constant = (table, name) => table[name.toUpperCase().replaceAll("-", "_")];
// "values" is one there, and so on.
const returnType = (family, name) => constant(FAMILIES[family].returnType, name.replace(/(key|value)s$/, "$1"));
const order = (family, name) => constant(FAMILIES[family].order, name);
const FLAGS = { addUnique: "ADD_UNIQUE", noFail: "NO_FAIL", createOnly: "CREATE_ONLY", updateOnly: "UPDATE_ONLY" };

const given = (value) => typeof value === "object" ? toClient(value, make) : value;

function policy(family, options) {
  let writeFlags = 0;
  for (const [name, flag] of Object.entries(FLAGS)) if (options[name]) writeFlags |= FAMILIES[family].writeFlags[flag];
  const made = {
    ...(writeFlags ? { writeFlags } : {}),
    ...(options.order ? { order: order(family, options.order) } : {}),
  };
  if (Object.keys(made).length === 0) return undefined;
  return family === "map" ? new Aerospike.MapPolicy(made) : made;
}

function context(steps) {
  return steps.reduce((made, [kind, at, ordered, pad]) => {
    const method = `add${kind[0].toUpperCase()}${kind.slice(1)}`;
    const isList = kind.startsWith("list");
    const more = ordered === undefined ? [] : [order(isList ? "list" : "map", ordered), ...(isList ? [pad] : [])];
    return made[method](given(at), ...more);
  }, new cdt.Context());
}

function operation([kind, args, options]) {
  if (kind === "put") return op.write(BIN, given(args.value));
  const [family, name] = kind.split(".");
  const builder = FAMILIES[family][name];
  if (!builder) throw new Cannot(`no ${kind}`);
  const own = Object.fromEntries(Object.entries(args).map(([arg, value]) => [arg, given(value)]));
  const left = new Set([...Object.keys(own), ...Object.keys(options)]);
  const take = (...names) => {
    const found = names.find((one) => left.delete(one));
    return found === undefined ? undefined : own[found] ?? options[found];
  };
  const parameters = /\(([^)]*)\)/.exec(builder.toString())[1].split(",").map((one) => one.trim().split(" ")[0]);
  const values = parameters.slice(1).map((parameter) => {
    switch (parameter) {
      case "policy":
        Object.keys(FLAGS).concat("order").forEach((one) => left.delete(one));
        return policy(family, options);
      case "order":
        return order(family, take("order"));
      case "returnType":
        return returnType(family, take("return")) |
          (family === "map" && take("inverted") ? maps.returnType.INVERTED : 0);
      case "sign":
        return take("signed");
      case "flags":
        return take("fromFront") ? bitwise.resizeFlags.FROM_FRONT : 0;
      case "ctx":
        return undefined; // what has no place of its own for it has withContext()
      default:
        return take(...CALLED[parameter] ?? [parameter]);
    }
  });
  let made = builder(BIN, ...values);
  const overflow = take("overflow");
  if (overflow) made = made.onOverflow(constant(bitwise.overflow, overflow));
  if (take("inverted")) made = made.invertSelection();
  const steps = take("ctx");
  if (steps) made = made.withContext(context(steps));
  if (left.size > 0) throw new Cannot(`no ${[...left]} in ${kind}`);
  return made;
}

const request = await readRequest();
const keyOf = (name) => new Aerospike.Key(request.namespace, request.set, name);

async function run(client, name, step) {
  let made;
  try {
    made = operation(step);
  } catch (error) {
    if (error instanceof Cannot) return { cannot: error.message };
    throw error;
  }
  try {
    return fromClient((await client.operate(keyOf(name), [made])).bins[BIN], special);
  } catch (error) {
    return { code: error.code };
  }
}

async function runAll(client, name, steps) {
  const answers = [];
  for (const step of steps) answers.push(await run(client, name, step));
  return answers;
}

const commands = {
  build: (client) =>
    each(request.cases, async ({ name, writes }) => {
      await client.remove(keyOf(name)).catch(() => {}); // there was none
      return { answers: await runAll(client, name, writes) };
    }),
  look: (client) =>
    each(request.cases, async ({ name, reads }) => {
      const { bins } = await client.get(keyOf(name));
      return { bin: fromClient(bins[BIN], special), answers: await runAll(client, name, reads) };
    }),
  filter: async (client) => {
    await client.put(keyOf("filtered"), FILTERED);
    return await each(Object.keys(filters).map((name) => ({ name })), async ({ name }) => {
      const policy = new Aerospike.ReadPolicy({ filterExpression: filters[name], totalTimeout: 20_000 });
      try {
        await client.get(keyOf("filtered"), policy);
        return { passes: true };
      } catch (error) {
        if (error.code === Aerospike.status.FILTERED_OUT) return { passes: false };
        throw error;
      }
    });
  },
};
Aerospike.wrapHLL(true);
const client = await connect(request.hosts);
try {
  await answer(await commands[request.command](client));
} finally {
  client.close();
}
