// `npm start`: all set-up, then the demo in Deno and in Bun.
import { bun, deno, must, setup } from "./setup.mjs";

setup();
for (const [runtime, args] of [[deno, ["run", "-A", "--no-check"]], [bun, ["run"]]]) {
  must(runtime, [...args, "examples/films/main.ts"]);
}
