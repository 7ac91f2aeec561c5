import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultStepLimits, maxStepLimits, reachesLevel, type SandboxLevel } from "@sealrun/protocol";
import type { FoundNetworks } from "../between/found-networks.ts";
import { workerSettings } from "../between/worker-settings.ts";
import { readHostRoots } from "../child/host-roots.ts";
import type { PythonRuntime } from "../child/layout.ts";
import type { IdRange } from "../child/user/choose-ids.ts";
import { openSlotUsers, requireSlotUsers } from "../child/user/slot-users.ts";
import { findProgram, findRuntime, presentProgram } from "../runtime-files.ts";
import type { Separation } from "../supervisor/workers/open-places.ts";
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
  readonly slots: number;
  /** Path of slirp4netns; null without one. */
  readonly slirp4netns: string | null;
  readonly allowHostNetwork: boolean;
}

/** What is found about a sandbox. */
interface ExaminedIsolation {
  /** Whether its level is enough for the settings. */
  readonly isEnough: boolean;
  /** How workers are kept from their executor. */
  readonly separation: Separation["kind"];
  readonly networks: FoundNetworks;
  readonly sentence: string;
}

/**
 * Attacks the sandbox as an executor does at its start, in a temporary folder. Throws `SANDBOX_UNAVAILABLE` when there is
 * none to attack, and `CONFIG_INVALID` when `slotUids` has too few ids.
 */
export async function examineIsolation(settings: IsolationSettings): Promise<ExaminedIsolation> {
  const { bwrap: program, stateFile, minSandbox, hidden, tmpBytes, slotUids, slots, python } = settings;
  await requireSlotUsers({ range: slotUids, slots });
  const folder = await mkdtemp(join(tmpdir(), "sealrun-doctor-"));
  const { workers, close } = await openSlotUsers({ range: slotUids, slots: 1 });
  try {
    const found = await findLevel({
      settings: workerSettings.parse({
        sandbox: {
          kind: "bubblewrap",
          program,
          hostRoots: await readHostRoots(),
          hidden,
          tmpBytes,
          slirp4netns: presentProgram(settings.slirp4netns),
        },
        runtime: findRuntime(python),
        workDir: join(folder, "work"),
        cacheDir: join(folder, "cache"),
        pipesDir: join(folder, "pipes"),
        allowsHost: settings.allowHostNetwork,
        requiresNetwork: false,
        warmRunners: false,
        stepLimits: { defaults: defaultStepLimits, max: maxStepLimits },
      }),
      program: findProgram("worker"),
      stateFile,
      spool: `${stateFile}.spool`,
      users: workers,
    });
    const { level, missing, held, open, separation, networks, notSeparate } = found;
    const isEnough = level !== "none" && reachesLevel(level, minSandbox);
    const sentence = [
      `The sandbox reaches the level ${level}: ${held} attacks on it failed`,
      missing === undefined ? "" : `; for more, ${missing}`,
      notSeparate === undefined ? "" : `; workers have the executor's own user and could read its keys: ${notSeparate}`,
      open.length === 0 ? "" : `; with the host's network a script could ${open.join(", ")}`,
      isEnough || level === "none" ? "" : `; the settings say minSandbox ${minSandbox}, so the executor does not start`,
    ].join("");
    return { isEnough, separation: separation.kind, networks, sentence };
  } finally {
    close();
    await rm(folder, { recursive: true, force: true });
  }
}
