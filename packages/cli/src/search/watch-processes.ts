import { readdir, readFile } from "node:fs/promises";
import type { ByteSearch, Finding } from "./search-files.ts";

/** What a watch of processes saw. */
export interface ProcessWatch {
  /** How many different command lines and environments were read. */
  readonly commandLines: number;
  readonly environments: number;
  readonly findings: readonly Finding[];
}

const pauseMs = 25;

/**
 * Reads the command line and environment of every process that this user may see, repeatedly until stopped, and
 * once more then: a process that is alive when `stop` is called is seen. One that lives for less than a round can be
 * missed.
 */
export function watchProcesses(search: ByteSearch): { stop(): Promise<ProcessWatch> } {
  const seen = { cmdline: new Set<string>(), environ: new Set<string>() };
  const findings = new Map<string, Finding>();
  const stopping = new AbortController();

  const look = async (id: string, kind: keyof typeof seen): Promise<void> => {
    const bytes = await readFile(`/proc/${id}/${kind}`).catch(() => undefined);
    if (bytes === undefined || bytes.length === 0) return;
    const known = `${id} ${bytes.toString("latin1")}`;
    if (seen[kind].has(known)) return;
    seen[kind].add(known);
    const place = kind === "cmdline" ? "command line" : "environment";
    for (const finding of search.find(bytes, place)) findings.set(JSON.stringify(finding), finding);
  };
  const rounds = (async () => {
    for (let isLast = false; !isLast;) {
      isLast = stopping.signal.aborted;
      const ids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name) && name !== String(process.pid));
      await Promise.all(ids.flatMap((id) => [look(id, "cmdline"), look(id, "environ")]));
      if (!isLast) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      await rounds;
      return { commandLines: seen.cmdline.size, environments: seen.environ.size, findings: [...findings.values()] };
    },
  };
}
