import { statSync } from "node:fs";
import type { DiskUse } from "./measure-work-folder.ts";
import { openDescriptors, type StepProcesses } from "./step-processes.ts";

/**
 * What files of a folder's disk take that these processes have open and that have no name any longer: no folder shows
 * them, and they take room until they are closed.
 */
export function measureDeletedFiles(processes: StepProcesses, ids: readonly number[], folder: string): DiskUse {
  const disk = statOf(folder)?.dev;
  const known = new Set<number>();
  let bytes = 0;
  for (const id of ids) {
    for (const path of openDescriptors(processes, id)) {
      const found = statOf(path);
      if (found === undefined || found.nlink > 0 || found.dev !== disk || known.has(found.ino)) continue;
      known.add(found.ino);
      bytes += found.blocks * 512;
    }
  }
  return { bytes, files: known.size };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
