import { reachesLevel, type SandboxLevel, SealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Sandbox } from "../child/start/step-options.ts";
import type { SlotUser } from "../child/user/slot-user.ts";
import { findLevel } from "./find-level.ts";
import type { SelfAttackOptions } from "./self-attack.ts";

/** A sandbox to prove, and what it must reach. */
export interface ProofOptions extends Omit<SelfAttackOptions, "sandbox"> {
  readonly sandbox: Sandbox;
  /** The users of the slots; without any, scripts have the executor's. */
  readonly users: readonly SlotUser[];
  readonly minSandbox: SandboxLevel;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** What a sandbox holds, and the users with which it holds it: all, or none where they cannot be used. */
export interface ProvenSandbox {
  readonly level: SandboxLevel;
  readonly users: readonly SlotUser[];
}

/**
 * The level that the sandbox holds when it is attacked. Where the sandbox of another user cannot be started or does not
 * hold, scripts have the executor's user, and the log says why. Throws `SANDBOX_UNAVAILABLE` when bubblewrap starts and
 * its sandbox does not hold, and `SANDBOX_TOO_WEAK` when the level is below the one in the settings.
 */
export async function proveSandbox(options: ProofOptions): Promise<ProvenSandbox> {
  const { sandbox, minSandbox, users, log } = options;
  if (sandbox.kind === "none") {
    requireLevel("none", minSandbox, "scripts run without a sandbox");
    return { level: "none", users: [] };
  }
  const { level, missing = "", held, hasUsers } = await findLevel({ ...options, sandbox }, users);
  if (level === "none") {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `The sandbox does not hold on this machine: ${missing}; run sealrun doctor with this executor's settings`,
    );
  }
  requireLevel(level, minSandbox, missing);
  if (users.length > 0 && !hasUsers) log.warn(`Scripts run as the executor's own user: ${missing}`);
  log.info({ level, held }, "The sandbox was attacked and holds its level");
  return { level, users: hasUsers ? users : [] };
}

function requireLevel(level: SandboxLevel, least: SandboxLevel, missing: string): void {
  if (reachesLevel(level, least)) return;
  const isForRoot = least === "separate-users" && process.getuid?.() !== 0;
  throw new SealrunError(
    "SANDBOX_TOO_WEAK",
    `The settings say minSandbox ${least}, and this machine reaches only ${level}: ${missing}${isForRoot ? "; start the executor as root for it" : ""}`,
  );
}
