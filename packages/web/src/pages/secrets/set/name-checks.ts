import { closestName, secretName } from "@sealrun/protocol";

/** What can be said of a secret's name while it is typed. */
export interface NameJudgement {
  /** The rule that the name breaks, as a sentence. */
  readonly problem: string | undefined;
  /** The known name that was most likely meant. */
  readonly closest: string | undefined;
}

/** Judges a name by the rule and the known names; an empty name has no problem yet. */
export function judgeName(name: string, known: readonly string[]): NameJudgement {
  if (name === "") return { problem: undefined, closest: undefined };
  const parsed = secretName.safeParse(name);
  if (!parsed.success) {
    const rule = parsed.error.issues[0]?.message ?? "";
    return { problem: rule.charAt(0).toUpperCase() + rule.slice(1), closest: undefined };
  }
  if (known.includes(name)) return { problem: undefined, closest: undefined };
  return { problem: undefined, closest: closestName(name, known) };
}
