// The memory that a process has resident, and had at most, as Linux says it.
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
  const peak = statusMiB(pid, "VmHWM");
  return peak === null ? null : Math.round(peak);
}

/** What is resident now, in MiB; null where the system does not say. */
export function rss(pid) {
  return statusMiB(pid, "VmRSS");
}

function statusMiB(pid, field) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)[1]) / 1024;
  } catch {
    // Not Linux, or the process is gone.
    return null;
  }
}
