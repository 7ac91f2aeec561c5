import { open, readdir, readFile } from "node:fs/promises";
import type { AttackResult, AttackResults, AttackTargets } from "../between/attack-frames.ts";
import { isAlive } from "../child/process-tree.ts";

/** What a worker that someone has taken over could try against its executor and its neighbours. It changes nothing. */
export async function attackFromWorker(targets: AttackTargets): Promise<AttackResults> {
  const { stateFile, spool, otherWorker, executor } = targets;
  // Another process has the same id in a PID namespace of its own.
  const sees = async (): Promise<boolean> => isAlive(executor);
  const memory = async (): Promise<boolean> => {
    if (!(await sees())) return false;
    const reached = [canOpen(`/proc/${executor.id}/mem`), canRead(`/proc/${executor.id}/environ`)];
    return (await Promise.all(reached)).some(Boolean);
  };
  return {
    "worker-state-file": stateFile === null ? "not-applicable" : resultOf(await canRead(stateFile)),
    "worker-spool": spool === null ? "not-applicable" : resultOf(await canList(spool)),
    "worker-memory": resultOf(await memory()),
    "worker-signal": resultOf((await sees()) && canSignal(executor.id)),
    "worker-neighbour": resultOf(await canRead(otherWorker)),
  };
}

function resultOf(isReached: boolean): AttackResult {
  return isReached ? "failed" : "held";
}

async function canRead(path: string): Promise<boolean> {
  return succeeds(readFile(path));
}

async function canOpen(path: string): Promise<boolean> {
  return succeeds(open(path).then(async (file) => file.close()));
}

async function canList(path: string): Promise<boolean> {
  return succeeds(readdir(path));
}

function canSignal(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
