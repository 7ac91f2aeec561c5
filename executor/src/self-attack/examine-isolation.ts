import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachesLevel, type SandboxLevel } from "@sealrun/protocol";
import { readHostRoots } from "../child/host-roots.ts";
import type { PythonRuntime } from "../child/layout.ts";
import { createPipePool } from "../child/output-pipes.ts";
import type { IdRange } from "../child/user/choose-ids.ts";
import { openSlotUsers } from "../child/user/slot-users.ts";
import { findRuntime } from "../runtime-files.ts";
import { findLevel } from "./find-level.ts";

/** What an executor's settings say of its sandbox. */
export interface IsolationSettings {
  readonly bwrap: string;
  readonly python: PythonRuntime | null;
  readonly stateFile: string;
  readonly hidden: readonly string[];
  readonly tmpBytes: number;
  readonly minSandbox: SandboxLevel;
  readonly slotUids: IdRange | null;
}

/**
 * Attacks the sandbox as an executor does at its start, in a temporary folder: whether its level is enough, whether
 * scripts run as the users of their slots, and a sentence. Throws `SANDBOX_UNAVAILABLE` when there is none to attack.
 */
export async function examineIsolation(
  settings: IsolationSettings,
): Promise<{ readonly isEnough: boolean; readonly hasUsers: boolean; readonly sentence: string }> {
  const { bwrap: program, stateFile, minSandbox, hidden, tmpBytes, slotUids } = settings;
  const folder = await mkdtemp(join(tmpdir(), "sealrun-doctor-"));
  const pipes = createPipePool(join(folder, "pipes"));
  const { users, close } = await openSlotUsers({ range: slotUids, slots: 1, folder: join(folder, "users") });
  try {
    const options = {
      sandbox: { kind: "bubblewrap", program, hostRoots: await readHostRoots(), hidden, tmpBytes } as const,
      runtime: findRuntime(settings.python),
      pipes,
      workDir: join(folder, "work"),
      stateFile,
      spool: `${stateFile}.spool`,
    };
    const { level, missing, held, open, hasUsers } = await findLevel(options, users);
    const isEnough = level !== "none" && reachesLevel(level, minSandbox);
    const sentence = [
      `The sandbox reaches the level ${level}: ${held} attacks on it failed`,
      missing === undefined ? "" : `; for more, ${missing}`,
      open.length === 0 ? "" : `; with the host's network a script could ${open.join(", ")}`,
      isEnough || level === "none" ? "" : `; the settings say minSandbox ${minSandbox}, so the executor does not start`,
    ].join("");
    return { isEnough, hasUsers, sentence };
  } finally {
    close();
    await pipes.close();
    await rm(folder, { recursive: true, force: true });
  }
}
