import {
  type EventStep,
  type JsonObject,
  jsonObject,
  type JsonValue,
  listReferences,
  type ReferenceSource,
  resolveReferences,
  SealrunError,
} from "@sealrun/protocol";
import type { Attempt } from "../between/attempt.ts";
import type { StepContext } from "../worker/secrets/step-context.ts";
import { completeParameters, type OpenParameters } from "../worker/secrets/open-parameters.ts";
import { type ReadContext, readSecret } from "../worker/secrets/read-secret.ts";
import { limitPrograms } from "./limit-programs.ts";
import { runJq } from "./run-jq.ts";

/** What a step gets after its references were resolved. */
export interface ResolvedStep {
  readonly params: JsonObject;
  readonly config: JsonObject;
  /** Undefined when the manifest gives the step none. */
  readonly input: JsonValue | undefined;
  readonly env: StepVariables;
}

/** A step's variables: plain ones may be in an environment block; those that contain secrets (sealed) may not. */
interface StepVariables {
  readonly plain: Readonly<Record<string, string>>;
  readonly sealed: Readonly<Record<string, string>>;
}

/** What resolving the references of a step needs. */
export type ResolveContext = ReadContext & Pick<StepContext, "attempt" | "signal">;

const maxPrograms = 32;

/**
 * Resolves every reference of one step, with that step's rights; reads of secrets are recorded on its receipt. Throws
 * `REFERENCE_INVALID`, `REFERENCE_UNRESOLVED`, `SECRET_NOT_DECLARED` or `PARAMETER_INVALID`, with the place.
 */
export async function resolveStep(context: ResolveContext, open: OpenParameters): Promise<ResolvedStep> {
  const { attempt, step } = context;
  const { plan } = step;
  const runs = runVariables(attempt, plan);
  const first = sourceOf(context, runs);
  const env = await resolveVariables(plan, first);
  const source = { ...first, variables: { ...env.plain, ...env.sealed, ...runs } };
  const config = jsonObject.parse(await resolveReferences(attempt.event.config, { document: "config.json" }, source));
  const place = { document: `the input of step ${plan.name}`, isProgram: true };
  const input = plan.input === undefined ? undefined : await resolveReferences(plan.input, place, source);
  const params = completeParameters(attempt, open, await resolveParameters(open, source));
  return { params, config, input, env };
}

/** What `envs` has besides the step's own env: nothing of the executor's environment. */
function runVariables(attempt: Attempt, plan: EventStep): Readonly<Record<string, string>> {
  return {
    SEALRUN_EXECUTION_ID: attempt.ref.executionId,
    SEALRUN_PACKAGE: attempt.event.package.name,
    SEALRUN_STEP: plan.script,
    LANG: plan.env?.["LANG"] ?? "C.UTF-8",
  };
}

function sourceOf(context: ResolveContext, variables: Readonly<Record<string, string>>): ReferenceSource {
  return {
    find: async (names, scope) => readSecret(context, names, scope),
    variables,
    project: context.attempt.event.project.name,
    runJq: limitPrograms(runJq, maxPrograms, context.signal),
    onDerived: (value) => context.masker.addPart(value),
  };
}

async function resolveVariables(plan: EventStep, source: ReferenceSource): Promise<StepVariables> {
  const plain: [string, string][] = [];
  const sealed: [string, string][] = [];
  const document = `the env of step ${plan.name}`;
  const given = Object.entries(plan.env ?? {});
  for (const [name, text] of given) {
    const value = await resolveReferences({ [name]: text }, { document }, withPlain(source, plain));
    const resolved = asVariable(jsonObject.parse(value)[name] ?? null, `${document}: ${name}`);
    const isSealed = listReferences(text, { document }).length > 0;
    (isSealed ? sealed : plain).push([name, resolved]);
  }
  return { plain: Object.fromEntries(plain), sealed: Object.fromEntries(sealed) };
}

/** A variable may refer to the variables above it that contain no secret. */
function withPlain(source: ReferenceSource, plain: readonly (readonly [string, string])[]): ReferenceSource {
  return { ...source, variables: { ...Object.fromEntries(plain), ...source.variables } };
}

function asVariable(value: JsonValue, place: string): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!text.includes("\0")) return text;
  throw new SealrunError("REFERENCE_INVALID", `${place}: expected a value without a zero byte`);
}

async function resolveParameters(open: OpenParameters, source: ReferenceSource): Promise<JsonObject> {
  const resolved: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(open.values)) {
    const isLiteral = open.literal.has(name);
    resolved.push([
      name,
      isLiteral ? value : await resolveReferences(value, { document: `parameter ${name}` }, source),
    ]);
  }
  return Object.fromEntries(resolved);
}
