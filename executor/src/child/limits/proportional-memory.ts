import { readFile } from "node:fs/promises";
import { readKibibytes } from "./process-statistics.ts";
import type { StepProcesses } from "./step-processes.ts";

/**
 * Memory of these processes in which a page that several share counts once. The kernel walks through all of a process's
 * pages for it: some 10 ms for each GiB, in a thread of its own. Stops when it is over `maxBytes`.
 */
export async function measureProportionalMemory(
  processes: Pick<StepProcesses, "path">,
  largestFirst: readonly number[],
  maxBytes: number,
): Promise<number> {
  let bytes = 0;
  for (const id of largestFirst) {
    const text = await readFile(processes.path(id, "smaps_rollup"), "latin1").catch(() => "");
    bytes += readKibibytes(text, "Pss") + readKibibytes(text, "SwapPss");
    if (bytes > maxBytes) break;
  }
  return bytes;
}
