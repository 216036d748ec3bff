// Writes the model of `C` as an ONNX file, which every client runs: `node bench/http/onnx.mjs FILE`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import protobuf from "protobufjs";
import { DENSE, dlrm, PAIRS, SPARSE, VECTORS, WIDTH } from "./dlrm.mjs";

/** The part of ONNX's public schema that the model needs, with its field numbers. */
const SCHEMA = `
  syntax = "proto3";
  message ModelProto {
    int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8;
  }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message GraphProto {
    repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message AttributeProto { string name = 1; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message TypeProto { Tensor tensor_type = 1; message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; } }
  message TensorShapeProto {
    repeated Dimension dim = 1; message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  }
`;
const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
/** Of 2022; what `Gemm`, `Gather` and the rest mean has not changed since. */
const OPERATORS = 17;
const FORMAT = 8;

const bytesOf = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const floats = (name, dims, values) => ({ name, dims, dataType: FLOAT, rawData: bytesOf(values) });
const integers = (name, dims, values) => ({
  ...{ name, dims, dataType: INT64 },
  rawData: bytesOf(BigInt64Array.from(values, BigInt)),
});

function attribute([name, value]) {
  return Array.isArray(value) ? { name, ints: value, type: ATTRIBUTE_INTS } : { name, i: value, type: ATTRIBUTE_INT };
}

const node = (opType, input, output, attributes = {}) => ({
  ...{ opType, input, output: [output], name: output },
  attribute: Object.entries(attributes).map(attribute),
});

function value(name, elemType, columns) {
  const dim = [{ dimParam: "rows" }, { dimValue: columns }];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

/** The layers one after the other, each with its activation; the last one's is `last`. */
function perceptron(name, layers, input, last, graph) {
  let from = input;
  for (const [i, { inputs, outputs, weights, bias }] of layers.entries()) {
    const own = `${name}${i}`;
    graph.initializer.push(floats(`${own}.w`, [inputs, outputs], weights), floats(`${own}.b`, [outputs], bias));
    graph.node.push(node("Gemm", [from, `${own}.w`, `${own}.b`], `${own}.sum`));
    from = i === layers.length - 1 ? name : `${own}.out`;
    graph.node.push(node(i === layers.length - 1 ? last : "Relu", [`${own}.sum`], from));
  }
}

/** The bytes. Inputs are `dense` (float, rows x 8) and `sparse` (int32, rows x 5), output is `score` (rows x 1). */
export function encodeModel({ tables, bottom, top }) {
  const graph = { name: "dlrm", node: [], initializer: [] };
  graph.input = [value("dense", FLOAT, DENSE), value("sparse", INT32, SPARSE)];
  graph.output = [value("score", FLOAT, 1)];
  perceptron("bottom", bottom, "dense", "Relu", graph);
  graph.initializer.push(integers("one", [1], [1]));
  graph.node.push(node("Unsqueeze", ["bottom", "one"], "vector.dense"));
  for (const [s, table] of tables.entries()) {
    graph.initializer.push(integers(`column${s}`, [], [s]), floats(`table${s}`, [table.length / WIDTH, WIDTH], table));
    graph.node.push(node("Gather", ["sparse", `column${s}`], `index${s}`, { axis: 1 }));
    graph.node.push(node("Gather", [`table${s}`, `index${s}`], `embedding${s}`, { axis: 0 }));
    graph.node.push(node("Unsqueeze", [`embedding${s}`, "one"], `vector${s}`));
  }
  graph.initializer.push(
    integers("flat", [2], [-1, VECTORS * VECTORS]),
    integers("pairs", [PAIRS.length], PAIRS.map(([i, j]) => i * VECTORS + j)),
  );
  graph.node.push(
    node("Concat", ["vector.dense", ...tables.map((_, s) => `vector${s}`)], "vectors", { axis: 1 }),
    node("Transpose", ["vectors"], "turned", { perm: [0, 2, 1] }),
    node("MatMul", ["vectors", "turned"], "products"),
    node("Reshape", ["products", "flat"], "products.flat"),
    node("Gather", ["products.flat", "pairs"], "dots", { axis: 1 }),
    node("Concat", ["dots", "bottom"], "interactions", { axis: 1 }),
  );
  perceptron("score", top, "interactions", "Sigmoid", graph);
  const Model = protobuf.parse(SCHEMA).root.lookupType("ModelProto");
  const model = { irVersion: FORMAT, producerName: "aerospike-ts", graph, opsetImport: [{ version: OPERATORS }] };
  const problem = Model.verify(model);
  if (problem) throw new Error(`the model does not fit ONNX's schema: ${problem}`);
  return Model.encode(model).finish();
}

/** Writes the model to `file`. */
export function writeModel(file, model) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, encodeModel(model));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (process.argv[2] === undefined) throw new Error("node bench/http/onnx.mjs FILE: name the file to write");
  writeModel(process.argv[2], dlrm());
}
