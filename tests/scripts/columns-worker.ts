/** A Worker that is handed columns, adds to them, and hands them back. */
import { Columns } from "../../mod.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<unknown>) => void;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
};

scope.onmessage = ({ data }) => {
  const columns = Columns.from<{ n: "f64"; s: "string"; r: readonly ["u8", "ragged"] }>(data);
  const { n, s, r } = columns.columns;
  for (let i = 0; i < n.length; i++) n[i] = (n[i] as number) * 2;
  const seen = {
    texts: s.toArray(),
    vectors: r.toArray().map((vector) => [...vector]),
    errors: columns.errors,
    valid: Array.from({ length: columns.length }, (_, i) => columns.isValid("n", i)),
    failure: columns.error(2)?.message,
  };
  scope.postMessage({ seen, columns }, columns.transferList);
};
// Bun drops what is posted before the handler is there.
scope.postMessage("ready");
