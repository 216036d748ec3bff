// What the clients of others cannot tell, cannot write, or do otherwise. These are properties of those clients, found
// by running them against a real server. A value that meets one is a known difference and counts neither way.
import { Buffer } from "node:buffer";

/** Applies `change` to every value inside, and `changeKey` to every map key that `keepKey` keeps. */
function deep(value, change, changeKey = change, keepKey = () => true) {
  const next = (item) => deep(item, change, changeKey, keepKey);
  if (value.list) return { list: value.list.map(next) };
  if (value.map) {
    const kept = value.map.filter(([key]) => keepKey(key));
    return { map: kept.map(([key, item]) => [changeKey(key), next(item)]) };
  }
  return change(value);
}

/** Whether a value is one, or has one inside, that fits. */
function some(value, fits) {
  let found = false;
  deep(value, (part) => {
    found ||= fits(part);
    return part;
  });
  return found;
}

const utf8 = (base64) => Buffer.from(base64, "base64").toString();
const inTurn = (...changes) => (part) => changes.reduce((changed, change) => change(changed), part);

// A JavaScript number is both, and that client has no option to keep them apart.
const integralIsInteger = (part) =>
  part.double !== undefined && Number.isSafeInteger(Number(part.double)) && part.double !== "-0"
    ? { integer: part.double }
    : part;
const noMinusZero = (part) => part.double === "-0" ? { double: "0" } : part;
const geojsonIsString = (part) => part.geojson === undefined ? part : { string: part.geojson };
const hllIsBytes = (part) => part.hll === undefined ? part : { bytes: part.hll };
// That client parses the text and writes it anew, as Python does.
const spaced = (part) =>
  part.geojson === undefined ? part : { geojson: part.geojson.replaceAll(",", ", ").replaceAll(":", ": ") };
// The C client keeps strings as C strings.
const cutString = (part) => part.string?.includes("\0") ? { string: part.string.split("\0")[0] } : part;

/** What a client stores, where that is not what it was given. */
export const stores = {
  "npm aerospike": (value) => deep(value, inTurn(cutString, noMinusZero)),
  "PyPI aerospike": (value) => deep(value, inTurn(cutString, spaced)),
};

/** What a client makes of a value that it reads. */
export const reads = {
  "npm aerospike": (value) =>
    deep(
      value,
      inTurn(cutString, integralIsInteger, geojsonIsString),
      // Maps come as plain objects.
      (key) => ({ string: key.bytes === undefined ? key.string ?? key.integer : utf8(key.bytes) }),
      // "__proto__" sets the object's prototype.
      (key) => key.string !== "__proto__",
    ),
  "PyPI aerospike": (value) => deep(value, inTurn(cutString, spaced)),
  "PyPI aerospike-py": (value) => deep(value, inTurn(geojsonIsString, hllIsBytes)),
};

/** Why a client cannot write a value, where it cannot. */
export const refuses = {
  "PyPI aerospike-py": (value) => some(value, (part) => "geojson" in part || "hll" in part) && "it has no such type",
};

// The C client keeps keys as C strings.
const cut = (bytes) => bytes.includes(0) ? bytes.subarray(0, bytes.indexOf(0)) : bytes;
const CUT = "hashes only up to the first NUL";
const AS_STRING = "hashes bytes as a string";

/** What a client hashes instead of a key, or how it refuses it, where it does. */
export const keys = {
  "npm aerospike": (key, bytes) => {
    if (key.string === "") return { refused: "Empty string not allowed", why: "refuses" };
    if (key.bytes === "") return { refused: "Empty Buffer not allowed", why: "refuses" };
    if (key.string && bytes.includes(0)) return { bytes: cut(bytes), why: CUT };
  },
  "PyPI aerospike": (key, bytes) => {
    const nul = bytes.includes(0);
    if (key.bytes !== undefined) {
      return { type: 3, bytes: cut(bytes), why: nul ? `${AS_STRING} and ${CUT}` : AS_STRING };
    }
    if (key.string && nul) return { bytes: cut(bytes), why: CUT };
  },
  "PyPI aerospike-py": (key) => key.bytes === undefined ? undefined : { type: 3, why: AS_STRING },
};

/** aerospike-py's errors have no code, only a text that begins with it. */
export const codeOf = (got) =>
  got?.refused === undefined ? got : { code: Number(/^\w+ \((\d+)\)/.exec(got.refused)?.[1]) };

// Entries that were selected: a map here, and lists of different forms there.
const entries = (form) => ([, , options], answer) =>
  options.return === "key-values" && answer?.map ? { list: form(answer.map) } : answer;
const flat = entries((map) => map.flat());
const pairs = entries((map) => map.map((entry) => ({ list: entry })));

/** What clients make of the answer to an operation, beside what `reads` says of values. */
export const answers = { "npm aerospike": flat, "PyPI aerospike": flat, "PyPI aerospike-py": pairs };

/** Operations of which clients make another one. */
export const otherwise = {
  "npm aerospike": ([kind]) => kind === "bit.lscan" && "scans from the right",
};
