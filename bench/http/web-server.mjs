// Bun.serve or Deno.serve, as the servers of this project's client listen, in a process or in a Worker.
import { requestNumber } from "./replica.mjs";

/** Listens on `port`, which may be `shared` with others, and gives `{ port, close }`. */
export function listen({ predict, stages, port, shared }) {
  const handler = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/metrics") {
      return new Response(await stages.text(), { headers: { "content-type": stages.contentType } });
    }
    if (pathname !== "/predict") return new Response("there is /predict?r=N and /metrics\n", { status: 404 });
    const r = requestNumber(searchParams.get("r"));
    if (r === undefined) return Response.json({ error: "r has to be the number of a request" }, { status: 400 });
    return Response.json(await predict(r));
  };
  const failed = (error) => {
    console.error(error);
    return Response.json({ error: String(error) }, { status: 500 });
  };
  const options = { hostname: "127.0.0.1", port, reusePort: shared };
  if (globalThis.Deno) {
    const server = Deno.serve({ ...options, onListen: () => {}, onError: failed }, handler);
    return { port: server.addr.port, close: () => server.shutdown() };
  }
  const server = Bun.serve({ ...options, fetch: handler, error: failed });
  return { port: server.port, close: () => server.stop(true) };
}
