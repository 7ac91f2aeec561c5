import { randomUUID } from "node:crypto";
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { controllers, type DelegatedCgroup, removeCgroup, workerPrefix } from "./cgroup.ts";

/** The cgroup of one worker, in which it makes one for each of its steps. */
export interface WorkerCgroup {
  /** What the worker's sandboxes use. */
  readonly delegated: DelegatedCgroup;
  /** The file to which the worker's first process writes its id. */
  readonly entrance: string;
  /** Ends what is left in it, and removes it with the cgroups of steps. */
  readonly remove: () => Promise<void>;
}

/** As the kernel's documentation says of a delegated cgroup. */
const delegatedFiles = ["cgroup.procs", "cgroup.threads", "cgroup.subtree_control"];
/** The kernel needs a moment for the end of processes. */
const removeTries = 100;
const removeMs = 20;

/** Makes it below the executor's cgroup; where the worker has a user of its own, that one may make others in it. */
export function createWorkerCgroup({ folder, hasControllers }: DelegatedCgroup, user?: number): WorkerCgroup {
  const own = join(folder, `${workerPrefix}${randomUUID()}`);
  const main = join(own, "main");
  mkdirSync(own);
  mkdirSync(main);
  if (hasControllers) writeFileSync(join(own, "cgroup.subtree_control"), controllers);
  if (user !== undefined) {
    for (const path of [own, main]) {
      chownSync(path, user, user);
      for (const file of delegatedFiles) chownSync(join(path, file), user, user);
    }
  }
  return {
    delegated: { folder: own, hasControllers },
    entrance: join(main, "cgroup.procs"),
    remove: async () => {
      try {
        writeFileSync(join(own, "cgroup.kill"), "1");
      } catch {
        // Before Linux 5.14 there is none: the worker's PID namespace has ended everything.
      }
      for (let left = removeTries; left > 0 && !removeCgroup(own); left -= 1) await sleep(removeMs);
    },
  };
}
