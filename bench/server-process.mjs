// The server as a process of this machine (Linux): what CPU time it takes while a client is measured. A client that is
// limited by the server is told from one that is limited by itself.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { availableParallelism } from "node:os";

const LISTENING = "0A";
/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const LOCAL = /^(localhost|127\.[\d.]+|::1)$/;
const SERVER_NAMES = ["asd"];
/** Listens in the place of a server that runs in a container. */
const PROXY_NAME = "docker-proxy";

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function socketInodes(port) {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const inodes = new Set();
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of read(file).split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTENING && local?.endsWith(suffix)) inodes.add(`socket:[${inode}]`);
    }
  }
  return inodes;
}

/** Whether a process has one of the sockets open; false where we may not look. */
function hasOpen(pid, sockets) {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => {
      try {
        return sockets.has(readlinkSync(`${folder}/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

function processes() {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

const nameOf = (pid) => read(`/proc/${pid}/comm`).trim();

/** The cores that a process may run on. */
function coresOf(pid) {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(read(`/proc/${pid}/status`))?.[1];
  if (list === undefined) return availableParallelism();
  const allowed = list.split(",").reduce((sum, range) => {
    const [first, last = first] = range.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
  // The list may name cores that the machine does not have.
  return Math.min(allowed, availableParallelism());
}

/** CPU seconds that a process has taken so far, NaN where that is not to be had. */
function cpuSecondsOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // The name in parentheses may have spaces; user and system time are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The process that serves a `host:port`: `{ pid, name, cores, cpuSeconds() }`; undefined where it is not found. */
export function findServerProcess(hosts) {
  const [host, port = "3000"] = hosts.split(",")[0].split(":");
  if (!LOCAL.test(host)) return undefined;
  const sockets = socketInodes(Number(port));
  const all = processes();
  const listening = all.find((pid) => hasOpen(pid, sockets) && nameOf(pid) !== PROXY_NAME);
  const pid = listening ?? all.find((each) => SERVER_NAMES.includes(nameOf(each)));
  return pid === undefined
    ? undefined
    : { pid, name: nameOf(pid), cores: coresOf(pid), cpuSeconds: () => cpuSecondsOf(pid) };
}
