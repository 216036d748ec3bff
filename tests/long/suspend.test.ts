import { test } from "node:test";
import { assertSurvived, SENT, suspended, type Where } from "../support/suspend.ts";

const STOP_MS = 60_000;

for (const where of ["sent", "cut off", "called"] satisfies Where[]) {
  test(`a process that is stopped for a minute, its commands ${where}`, { timeout: 2 * STOP_MS }, async () => {
    assertSurvived(await suspended(where, 3_000, STOP_MS), where === "sent" ? SENT : 0);
  });
}
