// The suite on the oldest runtimes that the client supports.
import { installPackages, root } from "./setup.mjs";
import { inBun, inDeno, testFiles } from "./suite.mjs";

export async function runFloor(checks) {
  const folder = `${root}tests/floor/`;
  // Old versions of some platforms' packages are not to be had everywhere, so the lock lacks them and `ci` refuses it.
  installPackages(folder, "install");
  const files = testFiles("tests");
  await inDeno(checks, "suite in Deno 2.5.0", `${folder}node_modules/.bin/deno`, files);
  await inBun(checks, "suite in Bun 1.4.0", `${folder}node_modules/.bin/bun`, files);
}
