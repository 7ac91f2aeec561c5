import { type SandboxLevel, sandboxLevels } from "@sealrun/protocol";
import { type Attacked, attacks } from "./attacks.ts";

/**
 * The strongest level whose promises, and those of all weaker ones, held. A level is not reached when none of its
 * attacks could be tried.
 */
export function levelOf(results: readonly Attacked[]): SandboxLevel {
  let reached: SandboxLevel = "none";
  for (const level of sandboxLevels.slice(1)) {
    const own = results.filter(({ name }) => attacks[name].promisedBy === level);
    const held = own.some(({ result }) => result === "held");
    if (!held || own.some(({ result }) => result === "failed")) return reached;
    reached = level;
  }
  return reached;
}

/**
 * What keeps a sandbox from the next level, as a sentence without a full stop; undefined for the strongest level.
 */
export function missingFor(results: readonly Attacked[]): string | undefined {
  const next = sandboxLevels[sandboxLevels.indexOf(levelOf(results)) + 1];
  if (next === undefined) return undefined;
  const failed = results.filter(({ name, result }) => attacks[name].promisedBy === next && result === "failed");
  if (failed.length === 0) return `what ${next} promises could not be tried on this machine`;
  return `a script could ${joinWords(failed.map(({ name }) => attacks[name].tries))}`;
}

/** What a worker could do to its executor or its neighbours, as a sentence without a full stop; undefined for nothing. */
export function brokenSeparation(results: readonly Attacked[]): string | undefined {
  const failed = results.filter(({ name, result }) => attacks[name].promisedBy === "separation" && result === "failed");
  return failed.length === 0 ? undefined : `a worker could ${joinWords(failed.map(({ name }) => attacks[name].tries))}`;
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
