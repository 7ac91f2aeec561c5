import { readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { readKibibytes } from "./process-statistics.ts";
import { openDescriptors, type StepProcesses } from "./step-processes.ts";

/** What the kernel keeps for one mapping of a process. */
const mappingBytes = 256;
/** What a pipe holds when it is full and its size was not changed. */
const pipeBytes = 64 * 1024;
/** The kernel's own value of `net.core.wmem_max` in bytes, where no operator has set another. */
const usualMaxSend = 212_992;
/** Descriptors that are looked at; more of them are taken for more than any limit. */
const maxDescriptors = 50_000;
/** A mapping of memory that processes share and that no folder shows: its size, and the number that tells it from others. */
const sharedMapping =
  /^([0-9a-f]+)-([0-9a-f]+) ..?.?s \S+ 00:\S+ (\d+)\s+(?:\/dev\/zero|\/SYSV\S*|\/memfd:.*) \(deleted\)$/;

/** Memory of a machine, and what programs could still get of it. */
export interface MachineMemory {
  readonly totalBytes: number;
  readonly availableBytes: number;
}

/** The memory of this machine now. */
export function readMachineMemory(): MachineMemory {
  const text = readFileSync("/proc/meminfo", "latin1");
  return { totalBytes: readKibibytes(text, "MemTotal"), availableBytes: readKibibytes(text, "MemAvailable") };
}

/** True when a machine has less than a quarter of its memory left, and `bytes` less than before. */
export function isShortOfMemory(before: MachineMemory, now: MachineMemory, bytes: number): boolean {
  return now.availableBytes < now.totalBytes / 4 && before.availableBytes - now.availableBytes > bytes;
}

/**
 * At most how much memory processes may have that is in no process: what waits in sockets and pipes, pages of shared
 * mappings that no process has touched lately, page tables and mappings themselves. The kernel says how much it is only
 * for a cgroup. Stops when it is over `maxBytes`.
 */
export async function measureHiddenMemory(
  processes: Pick<StepProcesses, "path" | "read">,
  ids: readonly number[],
  maxBytes: number,
): Promise<number> {
  const known = new Set<string>();
  let bytes = 0;
  let descriptors = 0;
  for (const id of ids) {
    bytes += readKibibytes(processes.read(id, "status"), "VmPTE");
    const maps = await readFile(processes.path(id, "maps"), "latin1").catch(() => "");
    for (const mapping of maps.split("\n")) {
      bytes += mappingBytes;
      const [, from = "", to = "", inode = ""] = sharedMapping.exec(mapping) ?? [];
      if (inode === "" || known.has(`mapping ${inode}`)) continue;
      known.add(`mapping ${inode}`);
      bytes += Number.parseInt(to, 16) - Number.parseInt(from, 16);
    }
    for (const path of openDescriptors(processes, id)) {
      descriptors += 1;
      const target = targetOf(path);
      if (known.has(target)) continue;
      if (target.startsWith("socket:") || target.startsWith("pipe:")) known.add(target);
      if (target.startsWith("socket:")) bytes += socketBytes();
      if (target.startsWith("pipe:")) bytes += pipeBytes;
      if (descriptors > maxDescriptors) return Number.POSITIVE_INFINITY;
      if (bytes > maxBytes) return bytes;
    }
    if (bytes > maxBytes) return bytes;
  }
  return bytes;
}

let knownSocketBytes: number | undefined;

/** What one socket may hold: the kernel doubles what a program may ask for. */
function socketBytes(): number {
  knownSocketBytes ??= 2 * readMaxSend("/proc/sys/net/core/wmem_max");
  return knownSocketBytes;
}

/** The most that a program may ask for. Older kernels do not show the file in a container. */
export function readMaxSend(path: string): number {
  try {
    return Number(readFileSync(path, "latin1"));
  } catch {
    return usualMaxSend;
  }
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
