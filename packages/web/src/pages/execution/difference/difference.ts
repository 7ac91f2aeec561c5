import type { ExecutionInfo, JsonObject, JsonValue } from "@sealrun/protocol";

/** One thing that is not as it was; a side is undefined where it was not there. */
export interface Change {
  readonly name: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** What is not alike between two executions of one package, by what it is about. */
export interface Difference {
  readonly version: Change | undefined;
  readonly steps: readonly Change[];
  readonly parameters: readonly Change[];
  readonly secrets: readonly Change[];
  readonly results: readonly Change[];
}

/** What the comparison is made of. */
export type Compared = Pick<ExecutionInfo, "version" | "steps" | "parameters" | "receipt">;

/** Compares an execution with one before it. Values of secrets are in neither. */
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

/** How much slower or faster a step was: enough of both shares and time to be worth a word. */
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

/** Of sealed ones only whether they were given can be told. */
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
