import { readFile } from "node:fs/promises";
import { limits } from "@sealrun/protocol";

/** A script's time limit. */
export interface Timeout {
  /** Call it when the script has ended. True when the limit ended it. */
  readonly stop: () => boolean;
}

/**
 * Ends a process after a time, as an executor does: SIGTERM to it and its descendants, and SIGKILL after 5 s, or to the
 * descendants once it has ended. Without a time it never does.
 */
export function endAfter(id: number | undefined, timeoutMs: number | undefined): Timeout {
  if (id === undefined || timeoutMs === undefined) return { stop: () => false };
  let isOver = false;
  let descendants: readonly number[] = [];
  let graceTimer: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    isOver = true;
    // Listed before the first signal: a process whose parent has ended is no descendant any longer.
    descendants = await descendantsOf(id);
    for (const one of [id, ...descendants]) signal(one, "SIGTERM");
    graceTimer = setTimeout(() => signal(id, "SIGKILL"), limits.killGraceMs);
  };
  const timer = setTimeout(() => void end(), timeoutMs);
  return {
    stop: () => {
      clearTimeout(timer);
      clearTimeout(graceTimer);
      for (const one of descendants) signal(one, "SIGKILL");
      return isOver;
    },
  };
}

async function descendantsOf(id: number): Promise<readonly number[]> {
  const list = await readFile(`/proc/${id}/task/${id}/children`, "utf8").catch(() => "");
  const children = list
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
  const further = await Promise.all(children.map(descendantsOf));
  return [...children, ...further.flat()];
}

function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch {
    // Gone already.
  }
}
