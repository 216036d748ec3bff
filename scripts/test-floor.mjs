// `npm run test:floor`
import { Checks } from "./checks.mjs";
import { runFloor } from "./floor.mjs";
import { setup } from "./setup.mjs";

setup();
const checks = new Checks();
await runFloor(checks);
checks.end();
