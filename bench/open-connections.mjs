// The connections that a process has open to a server, as Linux says it.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const ESTABLISHED = "01";

/** How many of a process's sockets are connected to the port of the first of `hosts`; null where the system does not say. */
export function openConnections(pid, hosts) {
  const [, port = "3000"] = hosts.split(",")[0].split(":");
  const suffix = `:${Number(port).toString(16).toUpperCase().padStart(4, "0")}`;
  try {
    const connected = new Set();
    for (const file of ["tcp", "tcp6"]) {
      for (const line of readFileSync(`/proc/${pid}/net/${file}`, "utf8").split("\n").slice(1)) {
        const [, , remote, state, , , , , , inode] = line.trim().split(/\s+/);
        if (state === ESTABLISHED && remote?.endsWith(suffix)) connected.add(`socket:[${inode}]`);
      }
    }
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).filter((fd) => connected.has(linkOf(`${folder}/${fd}`))).length;
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since it was listed.
    return "";
  }
}
