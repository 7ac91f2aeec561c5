import { readFile } from "node:fs/promises";

/** Resident memory of a process in MiB; 0 when it does not run. */
export async function residentMiB(pid: number | undefined): Promise<number> {
  const status = pid === undefined ? "" : await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
