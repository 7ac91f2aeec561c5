import { type SandboxLevel, toSealrunError } from "@sealrun/protocol";
import type { SlotUser } from "../child/user/slot-user.ts";
import { attacks } from "./attacks.ts";
import { levelOf, missingFor } from "./judge-attacks.ts";
import { attackOwnSandbox, type SelfAttackOptions } from "./self-attack.ts";

/** What a sandbox holds. */
export interface FoundLevel {
  readonly level: SandboxLevel;
  /** What keeps it from the next level; undefined for the strongest. */
  readonly missing: string | undefined;
  /** How many attacks failed to break it. */
  readonly held: number;
  /** What a script could do that no level promises to prevent. */
  readonly open: readonly string[];
  /** True when scripts run as the users of their slots. */
  readonly hasUsers: boolean;
}

/**
 * Attacks the sandbox of a slot's user, and when there is none or that does not hold, the sandbox of the executor's own
 * user. Throws `SANDBOX_UNAVAILABLE` when that cannot be attacked.
 */
export async function findLevel(options: SelfAttackOptions, users: readonly SlotUser[]): Promise<FoundLevel> {
  const { sandbox } = options;
  const [user] = users;
  if (user === undefined) return attack({ ...options, sandbox });
  const own = await attack({ ...options, sandbox: { ...sandbox, user } }).catch(toSealrunError);
  if ("level" in own && own.level === "separate-users") return own;
  const found = await attack({ ...options, sandbox });
  const why = "level" in own ? own.missing : own.message;
  return found.level === "filtered" ? { ...found, missing: `slotUids cannot be used here: ${why}` } : found;
}

async function attack(options: SelfAttackOptions): Promise<FoundLevel> {
  const results = await attackOwnSandbox(options);
  const ended = (wanted: string): readonly (keyof typeof attacks)[] =>
    results.flatMap(({ name, result }) => (result === wanted ? [name] : []));
  return {
    level: levelOf(results),
    missing: missingFor(results),
    held: ended("held").length,
    open: ended("failed").flatMap((name) => (attacks[name].promisedBy === undefined ? [attacks[name].tries] : [])),
    hasUsers: options.sandbox.user !== undefined,
  };
}
