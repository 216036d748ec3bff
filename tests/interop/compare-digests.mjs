// Every peer names the digests of the same keys. What is expected is computed here from the definition, so that no
// client is the measure of the others.
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { keys } from "./cases.mjs";
import { keys as limits } from "./limits.mjs";
import { askPeer, printKnown, printWrong, show, since } from "./peers.mjs";

const SET = "interop-digests";

export async function compareDigests(checks, peers, where) {
  const known = new Map();
  for (const peer of peers) {
    const started = performance.now();
    const outcomes = await askPeer(peer, "digest", { ...where, set: SET, keys });
    const wrong = [];
    for (const { name, key } of keys) {
      const { digest, blob, error } = outcomes[name] ?? {};
      const { type, bytes } = hashed(key);
      const limit = limits[peer.name]?.(key, bytes);
      const expected = limit?.refused ?? digestOf(limit?.type ?? type, limit?.bytes ?? bytes);
      const fits = limit?.refused ? error?.includes(limit.refused) : digest === expected;
      // The other spelling of a bytes key, where a client has two.
      if (!fits || (blob !== undefined && blob !== digestOf(type, bytes))) {
        wrong.push(`${peer.name}, key ${name}: ${digest ?? show(error)}, expected ${expected}`);
      } else if (limit) {
        const fact = `${peer.name} ${limit.why}`;
        known.set(fact, [...known.get(fact) ?? [], name]);
      }
    }
    printWrong(outcomes, wrong);
    checks.add(`interop: digests of ${peer.name}`, keys.length - wrong.length, wrong.length, since(started));
  }
  const lines = [...known].map(([fact, names]) => `${fact}: ${names.join(", ")}`);
  printKnown("documented differences of keys, asserted and counted:", lines);
}

/** What is hashed of a key, after the set: its particle type and its bytes. */
function hashed(key) {
  if (key.string !== undefined) return { type: 3, bytes: Buffer.from(key.string) };
  if (key.bytes !== undefined) return { type: 4, bytes: Buffer.from(key.bytes, "base64") };
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(key.integer));
  return { type: 1, bytes };
}

function digestOf(type, bytes) {
  return createHash("ripemd160").update(SET).update(Buffer.of(type)).update(bytes).digest("hex");
}
