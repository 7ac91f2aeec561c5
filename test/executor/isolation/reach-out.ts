import { spawnSync } from "node:child_process";
import { accessSync, constants, closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callProgram } from "../../../executor/src/self-attack/call-program.ts";

/** What a worker that someone took over tries to reach. */
export interface Targets {
  readonly executor: number;
  readonly keyFile: string;
  readonly spool: string;
  readonly neighbour: string;
  readonly caches: readonly string[];
}

/** Each attempt by name, and whether it reached its target. It harms nothing. */
export function reachOut(own: string, targets: Targets): Readonly<Record<string, boolean>> {
  const { executor, keyFile, spool, neighbour, caches } = targets;
  const reaches = (work: () => unknown): boolean => {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  };
  // In a namespace of its own, another process may have this id.
  const isThere = reaches(() => readFileSync(`/proc/${executor}/cmdline`)) && hasName(executor, targets.keyFile);
  const seize = join(own, "seize");
  writeFileSync(seize, callProgram({ call: 101, arguments: [0x4206, executor, 0, 0] }), { mode: 0o700 });
  return {
    memory: isThere && reaches(() => closeSync(openSync(`/proc/${executor}/mem`, "r"))),
    environment: isThere && reaches(() => readFileSync(`/proc/${executor}/environ`)),
    descriptors: isThere && reaches(() => readdirSync(`/proc/${executor}/fd`)),
    control: isThere && spawnSync(seize).status === 0,
    signal: isThere && reaches(() => process.kill(executor, 0)),
    keyFile: reaches(() => readFileSync(keyFile)),
    spool: reaches(() => readdirSync(spool)),
    neighbour: reaches(() => readFileSync(neighbour)),
    "neighbour's folder": reaches(() => readdirSync(join(neighbour, ".."))),
    caches: caches.some((folder) => reaches(() => accessSync(folder, constants.W_OK))),
  };
}

/** The process that stands for the executor has the path of its key file in its command line. */
function hasName(id: number, name: string): boolean {
  return readFileSync(`/proc/${id}/cmdline`, "latin1").includes(name);
}
