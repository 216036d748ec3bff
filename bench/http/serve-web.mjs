// This project's client behind Bun.serve or Deno.serve: a process for each replica, on a port that they share.
import { serve } from "../workers/protocol.mjs";
import { openReader } from "./reader-ours.mjs";
import { startReplica } from "./replica.mjs";
import { listen } from "./web-server.mjs";

const { version, answer, close } = await startReplica(openReader, listen);
await serve(version, answer);
await close();
