import type { ExecutionInfo, JsonObject, JsonValue, StepInfo } from "@sealrun/protocol";

/** One thing that differs; a side is undefined where the thing is absent. */
export interface Change {
  readonly name: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** The differences between two executions of one package, by kind. */
export interface Difference {
  readonly version: Change | undefined;
  readonly steps: readonly Change[];
  readonly parameters: readonly Change[];
  readonly secrets: readonly Change[];
  readonly results: readonly Change[];
}

/** The parts of an execution that are compared. */
export type Compared = Pick<ExecutionInfo, "version" | "steps" | "parameters" | "receipt">;

/** Compares an execution with an earlier one. Neither has values of secrets. */
export function findDifference(before: Compared, now: Compared): Difference {
  const [version] = changes(
    new Map([["version", String(before.version)]]),
    new Map([["version", String(now.version)]]),
  );
  return {
    version,
    steps: changes(stepsOf(before), stepsOf(now)),
    parameters: changes(parametersOf(before), parametersOf(now)),
    secrets: changes(secretsOf(before), secretsOf(now)),
    results: changes(resultsOf(before), resultsOf(now)),
  };
}

/** True when nothing that is compared differs. */
export function isAlike({ version, steps, parameters, secrets, results }: Difference): boolean {
  return version === undefined && [steps, parameters, secrets, results].every((part) => part.length === 0);
}

/** How long a step took; undefined for one that did not run, whose time would look like a gain. */
export function timeOf(step: Pick<StepInfo, "status" | "durationMs"> | undefined): number | undefined {
  if (step === undefined || step.status === "skipped" || step.status === "pending") return undefined;
  return step.durationMs ?? undefined;
}

/** True when a step became slower or faster by enough to mention it: by 100 ms and by a fifth. */
export function isNotable(beforeMs: number, nowMs: number): boolean {
  const byMs = Math.abs(nowMs - beforeMs);
  return byMs >= 100 && byMs >= 0.2 * Math.max(beforeMs, 1);
}

function changes(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly Change[] {
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names]
    .map((name) => ({ name, before: before.get(name), now: now.get(name) }))
    .filter((change) => change.before !== change.now);
}

function stepsOf({ steps }: Compared): ReadonlyMap<string, string> {
  return new Map(
    steps.map(({ name, status, exitCode }) => [name, exitCode === null ? status : `${status}, exit code ${exitCode}`]),
  );
}

/** Of a sealed parameter only its presence is known. */
function parametersOf({ parameters: { visible, sealedNames } }: Compared): ReadonlyMap<string, string> {
  return new Map([...flatten(visible, ""), ...sealedNames.map((name) => [name, "given, sealed"] as const)]);
}

function secretsOf({ receipt }: Compared): ReadonlyMap<string, string> {
  return new Map(
    receipt.map(({ name, step, outcome, scope, version }) => [
      `${name} in ${step}`,
      outcome === "read" && scope !== null ? `${scope}, version ${version ?? "unknown"}` : outcome,
    ]),
  );
}

function resultsOf({ steps }: Compared): ReadonlyMap<string, string> {
  return new Map(steps.flatMap(({ name, result }) => (result === null ? [] : leavesOf(result, name))));
}

/** More leaves than this are compared as one text. */
const maxLeaves = 5_000;

function leavesOf(value: JsonValue, name: string): readonly (readonly [string, string])[] {
  const leaves = flatten(value, name);
  return leaves.length > maxLeaves ? [[name, JSON.stringify(value)]] : leaves;
}

function flatten(value: JsonValue, path: string): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [[path, "[]"]];
    return value.flatMap((inner, index) => flatten(inner, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value)]];
  return flattenObject(value, path);
}

function flattenObject(value: JsonObject, path: string): readonly (readonly [string, string])[] {
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== "") return [[path, "{}"]];
  return entries.flatMap(([key, inner]) => flatten(inner, path === "" ? key : `${path}.${key}`));
}
