// `npm run test:long`: the oldest runtimes, other clients, soaks, loops of many rounds, the library as users get it.
import { Checks } from "./checks.mjs";
import { runDist } from "./dist.mjs";
import { runFloor } from "./floor.mjs";
import { runInterop } from "./interop.mjs";
import { bun, deno, installPackages, root, setup } from "./setup.mjs";
import { inBun, inDeno, testFiles } from "./suite.mjs";

setup();
installPackages(`${root}bench/`);
const checks = new Checks();
await runInterop(checks);
await inDeno(checks, "long tests in Deno", deno, testFiles("tests/long"));
await inBun(checks, "long tests in Bun", bun, testFiles("tests/long"));
await runDist(checks);
await runFloor(checks);
checks.end();
