import { type SandboxLevel, toSealrunError } from "@sealrun/protocol";
import type { FoundNetworks } from "../between/found-networks.ts";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkerSettings } from "../between/worker-settings.ts";
import { makeOwnFolder } from "../child/own-folder.ts";
import { markNow } from "../child/process-tree.ts";
import { attackInHome } from "../supervisor/workers/attack-in-home.ts";
import type { Separation } from "../supervisor/workers/open-places.ts";
import { makeHome, type WorkerPlace } from "../supervisor/workers/worker-home.ts";
import { type Attacked, attacks, isAttackName } from "./attacks.ts";
import { brokenSeparation, levelOf, missingFor } from "./judge-attacks.ts";

/** What is attacked: the sandbox of workers with these settings, and what they must not reach. */
export interface FindOptions {
  readonly settings: WorkerSettings;
  /** The first file of a worker's process. */
  readonly program: string;
  readonly stateFile: string;
  readonly spool: string;
  /** Ids of users of the host that workers may have; only root has some. */
  readonly users: readonly number[];
}

/** What a sandbox holds. */
export interface FoundLevel {
  readonly level: SandboxLevel;
  /** What keeps it from the next level; undefined for the strongest. */
  readonly missing: string | undefined;
  /** How many attacks failed to break it. */
  readonly held: number;
  /** What a script could do that no level promises to prevent. */
  readonly open: readonly string[];
  /** How workers are kept from their executor. */
  readonly separation: Separation;
  /** The networks that scripts of such workers can have. */
  readonly networks: FoundNetworks;
  /** Why they are not kept from it; undefined when they are. */
  readonly notSeparate: string | undefined;
}

/**
 * Attacks from a worker's place, the strongest that this process may choose; where that cannot be started or does not
 * hold, from a worker that has the user and the namespaces of this process. Throws `SANDBOX_UNAVAILABLE` when that
 * cannot attack.
 */
export async function findLevel(options: FindOptions): Promise<FoundLevel> {
  const { users } = options;
  const [user] = users;
  const separation: Separation | undefined =
    user !== undefined
      ? { kind: "own-user", users }
      : process.getuid?.() === 0
        ? undefined
        : { kind: "own-namespaces" };
  let why = "as root, workers need users of their own: slotUids";
  if (separation !== undefined) {
    const place: WorkerPlace = user === undefined ? { kind: "own-namespaces" } : { kind: "own-user", user };
    try {
      const { results, networks } = await attackFrom(place, options);
      const broken = brokenSeparation(results);
      const level = levelOf(results);
      if (broken === undefined && level !== "none") {
        return { ...judge(results), separation, networks, notSeparate: undefined };
      }
      why = broken ?? missingFor(results) ?? "";
    } catch (error) {
      why = toSealrunError(error).message;
    }
  }
  const { results, networks } = await attackFrom({ kind: "shared" }, options);
  const found = judge(results);
  const missing = user === undefined || found.level === "none" ? found.missing : `slotUids cannot be used here: ${why}`;
  return { ...found, missing, separation: { kind: "shared" }, networks, notSeparate: why };
}

function judge(results: readonly Attacked[]): Omit<FoundLevel, "separation" | "networks" | "notSeparate"> {
  const ended = (wanted: string): readonly (keyof typeof attacks)[] =>
    results.flatMap(({ name, result }) => (result === wanted ? [name] : []));
  return {
    level: levelOf(results),
    missing: missingFor(results),
    held: ended("held").length,
    open: ended("failed").flatMap((name) => (attacks[name].promisedBy === "network" ? [attacks[name].tries] : [])),
  };
}

async function attackFrom(
  place: WorkerPlace,
  options: FindOptions,
): Promise<{ readonly results: readonly Attacked[]; readonly networks: FoundNetworks }> {
  const { settings, program, stateFile, spool } = options;
  const { workDir } = settings;
  const other = await makeOwnFolder(workDir, "self-attack");
  const otherWorker = join(other, "file");
  try {
    await mkdir(workDir, { recursive: true, mode: 0o700 });
    await writeFile(otherWorker, "of another worker", { mode: 0o600 });
    const home = await makeHome(settings, { place, program });
    const { results, networks } = await attackInHome(home, program, {
      stateFile: existsSync(stateFile) ? stateFile : null,
      spool: existsSync(spool) ? spool : null,
      otherWorker,
      executor: {
        id: process.pid,
        startedAt: markNow(process.pid)?.startedAt ?? "",
        user: process.getuid?.() ?? 0,
      },
    });
    const known = Object.entries(results).flatMap(([name, result]) => (isAttackName(name) ? [{ name, result }] : []));
    return { results: known, networks };
  } finally {
    await rm(other, { recursive: true, force: true });
  }
}
