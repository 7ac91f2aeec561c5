import { reachesLevel, type SandboxLevel, SealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import { findForms } from "../child/network/forms.ts";
import type { FoundNetworks } from "../between/found-networks.ts";
import type { Separation } from "../supervisor/workers/open-places.ts";
import { type FindOptions, findLevel } from "./find-level.ts";

/** A sandbox to prove, and what it must reach. */
export interface ProofOptions extends FindOptions {
  readonly minSandbox: SandboxLevel;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** What a sandbox holds, and how the workers with which it holds it are kept from their executor. */
export interface ProvenSandbox {
  readonly level: SandboxLevel;
  readonly separation: Separation;
  /** The networks that scripts can have. */
  readonly networks: FoundNetworks;
}

/**
 * The level that the sandbox holds when it is attacked. Where workers cannot be kept from their executor, the log says
 * why. Throws `SANDBOX_UNAVAILABLE` when bubblewrap starts and its sandbox does not hold, and `SANDBOX_TOO_WEAK` when the
 * level is below the one in the settings.
 */
export async function proveSandbox(options: ProofOptions): Promise<ProvenSandbox> {
  const { settings, minSandbox, log } = options;
  if (settings.sandbox.kind === "none") {
    requireLevel("none", minSandbox, "scripts run without a sandbox");
    const networks = await findForms({ kind: "none", allowsHost: settings.allowsHost }, settings.runtime);
    return { level: "none", separation: { kind: "shared" }, networks };
  }
  const { level, missing = "", held, separation, networks, notSeparate } = await findLevel(options);
  if (level === "none") {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `The sandbox does not hold on this machine: ${missing}; run sealrun doctor with this executor's settings`,
    );
  }
  requireLevel(level, minSandbox, missing);
  if (notSeparate !== undefined)
    log.warn(`Workers have the executor's own user and could read its keys: ${notSeparate}`);
  log.info({ level, held, separation: separation.kind }, "The sandbox was attacked and holds its level");
  return { level, separation, networks };
}

function requireLevel(level: SandboxLevel, least: SandboxLevel, missing: string): void {
  if (reachesLevel(level, least)) return;
  const isForRoot = least === "separate-users" && process.getuid?.() !== 0;
  throw new SealrunError(
    "SANDBOX_TOO_WEAK",
    `The settings say minSandbox ${least}, and this machine reaches only ${level}: ${missing}${isForRoot ? "; start the executor as root for it" : ""}`,
  );
}
