import { type ExecutionInfo, manifestSchema, planSteps, type VersionInfo } from "@sealrun/protocol";

/** A name that a failed step asked for in the last attempt, and did not get. */
export interface UnansweredName {
  readonly name: string;
  readonly step: string;
  /** `missing`: no scope had it. `refused`: the manifest does not let the step read it. */
  readonly outcome: "missing" | "refused";
}

/** What a step of a version can do without. */
export type OptionalNames = ReadonlyMap<string, readonly string[]>;

/** What failed steps asked for without an answer, each name once: what other steps did without is no reason. */
export function findUnanswered(
  { steps, receipt, attempt }: Pick<ExecutionInfo, "steps" | "receipt" | "attempt">,
  optional: OptionalNames,
): readonly UnansweredName[] {
  const failed = new Set(steps.filter(({ status }) => status === "failed").map(({ name }) => name));
  const found = new Map<string, UnansweredName>();
  for (const { name, step, outcome, attempt: rowAttempt } of receipt) {
    if (outcome === "read") found.delete(name);
    else if (outcome === "missing" && optional.get(step)?.includes(name) === true) continue;
    else if (failed.has(step) && (rowAttempt ?? attempt) === attempt) found.set(name, { name, step, outcome });
  }
  return [...found.values()];
}

/** The optional names of each step of a version; none of a newer platform's manifest, which cannot be read. */
export function readOptional({
  manifest,
  files,
  steps,
}: Pick<VersionInfo, "manifest" | "files" | "steps">): OptionalNames {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success || steps.length === 0) return new Map();
  const planned = planSteps(
    parsed.data,
    files.map(({ path }) => path),
  );
  return new Map(planned.map(({ name, optional = [] }) => [name, optional]));
}
