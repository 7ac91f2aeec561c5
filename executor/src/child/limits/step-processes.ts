import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { isAlive, type ProcessMark } from "../process-tree.ts";
import { type ProcessStatistics, readStatistics } from "./process-statistics.ts";

/** The processes of one step, as they are now. */
export interface StepProcesses {
  /** Milliseconds between two looks: a look at a whole machine costs more than one at a sandbox. */
  readonly lookMs: number;
  /**
   * All processes but the sandbox's first one. With more than `maxProcesses` they are only counted, because reading
   * each would take as long as a fork bomb likes.
   */
  readonly look: (maxProcesses: number) => { readonly count: number; readonly seen: readonly ProcessStatistics[] };
  /** The sandbox's first process, which waits for what the others leave behind; also for a moment after its end. */
  readonly first: () => ProcessStatistics | undefined;
  /** The text of a file of one process in /proc, such as `status`; empty when it is gone. */
  readonly read: (id: number, file: string) => string;
  /** The path of such a file. */
  readonly path: (id: number, file: string) => string;
  /** The first process and its children, by their ids in this process's own namespace. */
  readonly outerIds: () => readonly number[];
  readonly close: () => void;
}

/** The paths of all that a process has open; none when it is gone. */
export function openDescriptors({ path }: Pick<StepProcesses, "path">, id: number): readonly string[] {
  const folder = path(id, "fd");
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/**
 * The processes of a sandbox, in its own /proc: the kernel lists exactly those of its PID namespace, whatever session
 * or parent they have chosen. The descriptor keeps meaning this sandbox when its process id is used again. Undefined
 * when the sandbox is gone.
 */
export async function openSandboxProcesses(first: ProcessMark): Promise<StepProcesses | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync(`/proc/${first.id}/root/proc`, "r");
  } catch {
    return undefined;
  }
  if (!(await isAlive(first))) {
    closeSync(descriptor);
    return undefined;
  }
  const folder = `/proc/self/fd/${descriptor}`;
  return {
    lookMs: 250,
    look: (maxProcesses) => {
      const ids = idsIn(folder).filter((id) => id !== "1");
      return { count: ids.length, seen: ids.length > maxProcesses ? [] : readAll(folder, ids) };
    },
    first: () => readAll(folder, ["1"])[0],
    ...readers(folder),
    outerIds: () => [first.id, ...childrenOf(first.id)],
    close: () => closeSync(descriptor),
  };
}

/** The processes of a session: without a sandbox, those that have not left the one of the script. */
export function sessionProcesses(session: number): StepProcesses {
  return {
    lookMs: 1_000,
    look: () => {
      const seen = readAll("/proc", idsIn("/proc")).filter((one) => one.session === session);
      return { count: seen.length, seen };
    },
    first: () => undefined,
    ...readers("/proc"),
    outerIds: () => [session],
    close: () => undefined,
  };
}

function readers(folder: string): Pick<StepProcesses, "path" | "read"> {
  const path = (id: number, file: string): string => `${folder}/${id}/${file}`;
  return { path, read: (id, file) => readNow(path(id, file)) };
}

function childrenOf(id: number): readonly number[] {
  const list = readNow(`/proc/${id}/task/${id}/children`);
  return list.split(" ").flatMap((word) => (word === "" ? [] : Number(word)));
}

function idsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readAll(folder: string, ids: readonly string[]): readonly ProcessStatistics[] {
  return ids.flatMap((id) => readStatistics(readNow(`${folder}/${id}/stat`)) ?? []);
}

function readNow(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // Gone already.
    return "";
  }
}
