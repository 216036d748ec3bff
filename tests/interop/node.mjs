// The npm package `aerospike` on Node, as a peer: `node node.mjs write|read|digest`.
import { answer, each, fromClient, readRequest, toClient } from "./canonical.mjs";
import { Aerospike, connect } from "./node-client.mjs";
import { make, special } from "./node-values.mjs";

const commands = {
  write: (client, { namespace, set, values }) =>
    each(values, async ({ name, value }) => {
      const bins = { name, value: toClient(value, make) };
      await client.put(new Aerospike.Key(namespace, set, name), bins);
      return { ok: true };
    }),
  read: (client, { namespace, set, values }) =>
    each(values, async ({ name }) => {
      const { bins } = await client.get(new Aerospike.Key(namespace, set, name));
      return { value: fromClient(bins.value, special) };
    }),
  digest: (client, { namespace, set, keys }) =>
    each(keys, async ({ key }) => {
      // This client fills in the digest when it used the key.
      const used = new Aerospike.Key(namespace, set, toClient(key, make));
      await client.exists(used);
      return { digest: used.digest.toString("hex") };
    }),
};

const request = await readRequest();
Aerospike.wrapHLL(true);
const client = await connect(request.hosts);
try {
  await answer(await commands[request.command](client, request));
} finally {
  client.close();
}
