// A request of `B` and `C`: the keys that it reads, and what the model of `C` is asked about its candidates, the 200
// records of the first set.
import { binsOf, expected, first, isFound, KEYS, KEYS_PER_SET, REQUESTS, setOf, userKeyOf } from "../features.mjs";
import { DENSE, SPARSE, VOCABULARIES } from "./dlrm.mjs";

export const CANDIDATES = KEYS_PER_SET;
const RECORDS = REQUESTS * KEYS;
const USER_KEYS = Array.from({ length: RECORDS }, (_, i) => userKeyOf(i));
const SET_NAMES = Array.from({ length: RECORDS }, (_, i) => setOf(i));
const CHANNEL = "306962";
const GENDER_UNKNOWN = 2;
const AGE = (30 - 25) / 15;
const ADS_PER_GROUP = 4;
const ADS_PER_CAMPAIGN = 16;
const GROUPS = Array.from({ length: RECORDS }, (_, i) => `grp-a001-${String(i / ADS_PER_GROUP | 0).padStart(9, "0")}`);
const CAMPAIGNS = Array.from({ length: RECORDS }, (_, i) => `cmp-${String(i / ADS_PER_CAMPAIGN | 0).padStart(6, "0")}`);

/** The sums of each request. */
export const EXPECTED = Array.from({ length: REQUESTS }, (_, r) => expected(r, KEYS));

/** The keys of request `r`, made anew by `key(set, userKey)`, as an application makes them. */
export function keysOf(r, key) {
  const start = first(r);
  const keys = [];
  for (let i = start; i < start + KEYS; i++) keys.push(key(SET_NAMES[i], USER_KEYS[i]));
  return keys;
}

/** FNV-1a of a text of ASCII characters. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** What identifies each candidate, as rows of the embedding tables: 200 x 5. */
export function sparseOf(r) {
  const sparse = new Int32Array(CANDIDATES * SPARSE);
  const start = first(r);
  for (let row = 0; row < CANDIDATES; row++) {
    const at = row * SPARSE;
    sparse[at] = hashOf(USER_KEYS[start + row]) % VOCABULARIES[0];
    sparse[at + 1] = hashOf(GROUPS[start + row]) % VOCABULARIES[1];
    sparse[at + 2] = hashOf(CAMPAIGNS[start + row]) % VOCABULARIES[2];
    sparse[at + 3] = hashOf(CHANNEL) % VOCABULARIES[3];
    sparse[at + 4] = GENDER_UNKNOWN;
  }
  return sparse;
}

/** The dense features of all candidates, 200 x 8, as if none of them had a record. */
export function emptyDense() {
  const dense = new Float32Array(CANDIDATES * DENSE);
  for (let row = 0; row < CANDIDATES; row++) dense[row * DENSE] = AGE;
  return dense;
}

/** Puts the features of one record in, each scaled to about one. */
export function putDense(dense, row, imp, clk, ctr, cvr, first, second, third) {
  const at = row * DENSE;
  dense[at + 1] = imp / RECORDS;
  dense[at + 2] = clk / 100_003;
  dense[at + 3] = ctr / 97;
  dense[at + 4] = cvr / 89;
  dense[at + 5] = first / 16;
  dense[at + 6] = second / 16;
  dense[at + 7] = third / 16;
}

/** The dense features of request `r` by what was written, for comparison. */
export function writtenDense(r) {
  const dense = emptyDense();
  for (let row = 0; row < CANDIDATES; row++) {
    const i = first(r) + row;
    if (!isFound(i)) continue;
    const { imp, clk, ctr, cvr, emb } = binsOf(i);
    putDense(dense, row, imp, clk, ctr, cvr, ...new Float32Array(emb.buffer).subarray(0, 3));
  }
  return dense;
}

/** The identifiers by which an answer names its candidates. */
export function adIdsOf(r) {
  return USER_KEYS.slice(first(r), first(r) + CANDIDATES);
}
