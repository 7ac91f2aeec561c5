import { closestName, secretName } from "@sealrun/protocol";

/** What can be said of a secret's name while it is typed. */
export interface NameJudgement {
  /** The rule that it breaks. */
  readonly problem: string | undefined;
  /** A known name that it is most likely a slip of. */
  readonly closest: string | undefined;
}

/** Judges a name against the rule and the names that are known; an empty one breaks no rule yet. */
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
