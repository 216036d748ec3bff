// The most memory that a process had resident, as Linux says it.
import { readFileSync, writeFileSync } from "node:fs";

/** What makes Linux begin anew with a process's peak, written to its `clear_refs`. */
const RESET_PEAK = "5";

/** From here on {@link peakRss} is about what comes; where the system does not allow that, about all there was. */
export function resetPeakRss(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
  } catch {
    // Not Linux, or not ours to reset.
  }
}

/** The most that was resident since the last reset, in MiB; null where the system does not say. */
export function peakRss(pid) {
  try {
    return Math.round(Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);
  } catch {
    // Not Linux, or the process is gone.
    return null;
  }
}
