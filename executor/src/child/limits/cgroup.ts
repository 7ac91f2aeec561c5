import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodeOf, SealrunError, type StepLimits } from "@sealrun/protocol";

/** A cgroup of version 2 in which an executor may make others. */
export interface DelegatedCgroup {
  readonly folder: string;
  /** Whether the kernel limits memory and processes there; otherwise it only counts time and ends all at once. */
  readonly hasControllers: boolean;
}

/** The cgroup of one step. */
export interface StepCgroup {
  /** Moves processes into it; what they start from then on is in it too. */
  readonly add: (ids: readonly number[]) => void;
  /** Milliseconds that its processes had on processors, those that have ended too. */
  readonly cpuMs: () => number;
  /** Whether the kernel ended the step because its memory was used up. */
  readonly isOutOfMemory: () => boolean;
  /** Ends all of its processes in one call, however fast they start others. */
  readonly kill: () => void;
  /** Removes it. Call it when none of its processes is alive. */
  readonly remove: () => void;
}

const prefix = "sealrun-step-";
/** Of the cgroup of a worker, which has those of its steps in it. */
export const workerPrefix = "sealrun-worker-";
const needed = ["memory", "pids"] as const;
/** What is written to `cgroup.subtree_control`. */
export const controllers = needed.map((name) => `+${name}`).join(" ");

/** The cgroup that the settings name. Changes nothing. Throws `CONFIG_INVALID` with what is missing and what to do. */
export function findCgroup(folder: string): DelegatedCgroup {
  const found = readOr(join(folder, "cgroup.controllers"));
  if (found === undefined) {
    throw refuse(
      folder,
      "expected a folder of cgroup version 2, such as /sys/fs/cgroup/system.slice/sealrun-executor.service",
    );
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw refuse(folder, "this user may not write there; set Delegate=yes in the executor's systemd unit", cause);
  }
  const offered = found.trim().split(" ");
  return { folder, hasControllers: needed.every((name) => offered.includes(name)) };
}

/**
 * Opens that cgroup: hands its controllers down to the cgroups of steps, which the kernel refuses while a process is in
 * it, and removes what an earlier executor left. Throws as `findCgroup`.
 */
export function openCgroup(folder: string): DelegatedCgroup {
  const { hasControllers } = findCgroup(folder);
  if (hasControllers) {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), controllers);
    } catch (cause) {
      throw refuse(
        folder,
        `its controllers cannot be handed down (${errorCodeOf(cause) ?? "unknown"}): a process is in it; set DelegateSubgroup=main in the executor's systemd unit, or start the executor in a cgroup below it`,
        cause,
      );
    }
  }
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) || name.startsWith(workerPrefix)) removeCgroup(join(folder, name));
  }
  return { folder, hasControllers };
}

/** Makes a cgroup for one step, with its limits. */
export function createStepCgroup({ folder, hasControllers }: DelegatedCgroup, limits: StepLimits): StepCgroup {
  const own = join(folder, `${prefix}${randomUUID()}`);
  const write = (file: string, text: string): void => writeFileSync(join(own, file), text);
  mkdirSync(own);
  if (hasControllers) {
    // What the step has in /tmp and /dev/shm is memory for the kernel, and has limits of its own.
    write("memory.max", String(limits.memoryBytes + 2 * limits.tmpBytes));
    refuseSwap(join(own, "memory.swap.max"));
    // Otherwise the kernel would end one process, and the step would go on without it.
    write("memory.oom.group", "1");
    // As in `shellLimits`: the watcher ends the step before.
    write("pids.max", String(2 * limits.processes + 64));
  }
  const addOne = (id: number): void => {
    try {
      write("cgroup.procs", String(id));
    } catch (error) {
      // Gone already.
      if (errorCodeOf(error) !== "ESRCH") throw error;
    }
  };
  return {
    add: (ids) => {
      for (const id of ids) addOne(id);
    },
    cpuMs: () => numberIn(readOr(join(own, "cpu.stat")), "usage_usec") / 1_000,
    isOutOfMemory: () => hasControllers && numberIn(readOr(join(own, "memory.events")), "oom_kill") > 0,
    kill: () => {
      try {
        write("cgroup.kill", "1");
      } catch {
        // Before Linux 5.14 there is none: the end of the sandbox's first process ends the others.
      }
    },
    remove: () => void removeCgroup(own),
  };
}

/** What the kernel moves to swap would no longer count in `memory.max`, and the step could have as much again there. */
function refuseSwap(path: string): void {
  try {
    writeFileSync(path, "0");
  } catch (error) {
    // Only a kernel that counts swap has the file, and no other can be made there.
    if (errorCodeOf(error) !== "EACCES") throw error;
  }
}

/** Removes a cgroup with those in it; false while a process is still on its way out there. */
export function removeCgroup(folder: string): boolean {
  try {
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const isEmpty = below.map(({ name }) => removeCgroup(join(folder, name))).every(Boolean);
    if (isEmpty) rmdirSync(folder);
    return isEmpty;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return true;
    if (errorCodeOf(error) === "EBUSY") return false;
    throw error;
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The number in a line such as `usage_usec 1234`; 0 without that line. */
function numberIn(text: string | undefined, name: string): number {
  const line = text?.split("\n").find((one) => one.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

function refuse(folder: string, sentence: string, cause?: unknown): SealrunError {
  return new SealrunError("CONFIG_INVALID", `cgroup: ${folder}: ${sentence}`, { cause });
}
