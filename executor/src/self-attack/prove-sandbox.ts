import { reachesLevel, type SandboxLevel, SealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Sandbox } from "../child/run-step.ts";
import { levelOf, missingFor } from "./judge-attacks.ts";
import { attackOwnSandbox, type SelfAttackOptions } from "./self-attack.ts";

/** A sandbox to prove, and what it must reach. */
export interface ProofOptions extends Omit<SelfAttackOptions, "sandbox"> {
  readonly sandbox: Sandbox;
  readonly minSandbox: SandboxLevel;
  readonly log: Pick<Logger, "info">;
}

/**
 * The level that the sandbox holds when it is attacked. Throws `SANDBOX_UNAVAILABLE` when bubblewrap starts and its
 * sandbox does not hold, and `SANDBOX_TOO_WEAK` when the level is below the one in the settings.
 */
export async function proveSandbox(options: ProofOptions): Promise<SandboxLevel> {
  const { sandbox, minSandbox } = options;
  if (sandbox.kind === "none") {
    requireLevel("none", minSandbox, "scripts run without a sandbox");
    return "none";
  }
  const results = await attackOwnSandbox({ ...options, sandbox });
  const level = levelOf(results);
  const missing = missingFor(results);
  if (level === "none") {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `The sandbox does not hold on this machine: ${missing}; run sealrun doctor with this executor's settings`,
    );
  }
  requireLevel(level, minSandbox, missing ?? "");
  const failed = results.filter(({ result }) => result === "failed").map(({ name }) => name);
  options.log.info({ level, attacks: results.length, failed }, "The sandbox was attacked and holds its level");
  return level;
}

function requireLevel(level: SandboxLevel, least: SandboxLevel, missing: string): void {
  if (reachesLevel(level, least)) return;
  throw new SealrunError(
    "SANDBOX_TOO_WEAK",
    `The settings say minSandbox ${least}, and this machine reaches only ${level}: ${missing}; sealrun doctor says more`,
  );
}
