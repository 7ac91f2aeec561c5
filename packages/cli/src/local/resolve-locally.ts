import { open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import {
  checkResolved,
  hasReference,
  type JsonObject,
  jsonObject,
  type JsonValue,
  limits,
  lookupOrder,
  type ParametersFile,
  parseStrictJson,
  type ReferenceSource,
  resolveReferences,
  type Scope,
  SealrunError,
  type Step,
} from "@sealrun/protocol";
import { chooseParameters, type GivenParameters, splitReserved } from "./choose-parameters.ts";

/** What a step of a local run is given, its references resolved from ef_env.json. */
export interface LocalGiven {
  readonly params: JsonObject;
  readonly config: JsonObject;
  readonly input: JsonValue;
  readonly env: Readonly<Record<string, string>>;
}

const environmentFile = "ef_env.json";
const sections: Readonly<Record<Scope, string>> = {
  service: "secrets",
  project: "project_secrets",
  platform: "platform_secrets",
};

/** The parameters and the config of a local run, before references are resolved. */
export interface LocalSettings {
  readonly environment: JsonObject;
  readonly parameters: ParametersFile | undefined;
  readonly params: JsonObject;
  readonly config: JsonObject;
}

/** What a package has for a run besides its scripts. */
interface LocalDocuments {
  readonly parameters: ParametersFile | undefined;
  readonly config: JsonObject | undefined;
}

/**
 * Reads ef_env.json and checks the parameters as a start on a platform does: those of ef_env.json, replaced by the given
 * ones, with the defaults of parameters.json. Throws `PARAMETER_INVALID`. Values of config.json are below those of
 * ef_env.json.
 */
export async function readSettings(
  folder: string,
  { parameters, config }: LocalDocuments,
  given: GivenParameters,
): Promise<LocalSettings> {
  const environment = await readEnvironment(folder);
  return {
    environment,
    parameters,
    params: chooseParameters(parameters, sectionOf(environment, "parameters", "params"), given),
    config: { ...config, ...sectionOf(environment, "configs", "config") },
  };
}

/**
 * The step's parameters, config, input and env with references resolved, or undefined when ef_env.json has all of it as
 * it is. Throws `REFERENCE_INVALID` and `REFERENCE_UNRESOLVED` with the place, as a run on a platform does.
 */
export async function resolveLocally(
  settings: LocalSettings,
  step: Step,
  runJq: ReferenceSource["runJq"],
): Promise<LocalGiven | undefined> {
  const { environment, parameters, params, config } = settings;
  if (step.input === undefined && isInFile(settings) && !holdsReference({ params, config, env: { ...step.env } })) {
    return undefined;
  }
  const source = sourceFrom(environment, step, runJq);
  const env = await resolveObject({ ...step.env }, `the env of step ${step.name}`, source);
  const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, asText(value)]));
  const full = { ...source, variables: { ...variables, ...source.variables } };
  const place = { document: `the input of step ${step.name}`, isProgram: true };
  const { reserved, own } = splitReserved(await resolveObject(params, "ef_env.json: params", full));
  return {
    env: variables,
    params: { ...reserved, ...checkResolved(parameters, own) },
    config: await resolveObject(config, "ef_env.json: config", full),
    input: step.input === undefined ? null : await resolveReferences(step.input, place, full),
  };
}

/** True when a script that reads ef_env.json itself finds these parameters and this config. */
function isInFile({ environment, params, config }: LocalSettings): boolean {
  const isSame = (left: JsonObject, right: JsonObject): boolean =>
    Object.keys(left).length === Object.keys(right).length &&
    Object.entries(left).every(([name, value]) => JSON.stringify(value) === JSON.stringify(right[name]));
  return (
    isSame(params, sectionOf(environment, "parameters", "params")) &&
    isSame(config, sectionOf(environment, "configs", "config"))
  );
}

/** A deleted file with the resolved values, for a child to read by descriptor. The caller closes it. */
export async function openGiven({ params, config, input }: LocalGiven): ReturnType<typeof open> {
  const path = join(tmpdir(), `sealrun-local-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  await file.writeFile(JSON.stringify({ sealrunLocal: { params, config, input } }));
  return file;
}

async function readEnvironment(folder: string): Promise<JsonObject> {
  const bytes = await readFile(join(folder, environmentFile)).catch(() => undefined);
  if (bytes === undefined) return {};
  const about = { file: environmentFile, code: "MALFORMED" as const };
  const { value } = parseStrictJson(bytes, { ...about, maxBytes: limits.secretsFileBytes, maxDepth: limits.jsonDepth });
  const parsed = jsonObject.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SealrunError("MALFORMED", `${environmentFile}: expected one JSON object`);
}

function sectionOf(environment: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.assign({}, ...names.map((name) => jsonObject.safeParse(environment[name]).data ?? {}));
}

function holdsReference(value: JsonValue): boolean {
  if (typeof value === "string") return hasReference(value) || value.includes("\\");
  return typeof value === "object" && value !== null && Object.values(value).some((inner) => holdsReference(inner));
}

function sourceFrom(environment: JsonObject, step: Step, runJq: ReferenceSource["runJq"]): ReferenceSource {
  return {
    find: async (names, scope) => {
      for (const name of names) {
        for (const candidate of scope === undefined ? lookupOrder : [scope]) {
          const values = sectionOf(environment, sections[candidate]);
          if (Object.hasOwn(values, name)) return { name, value: values[name] ?? null };
        }
      }
      return undefined;
    },
    variables: { SEALRUN_EXECUTION_ID: "local", SEALRUN_STEP: step.script, LANG: step.env["LANG"] ?? "C.UTF-8" },
    project: "local",
    runJq,
    onDerived: () => undefined,
  };
}

async function resolveObject(value: JsonObject, document: string, source: ReferenceSource): Promise<JsonObject> {
  return jsonObject.parse(await resolveReferences(value, { document }, source));
}

function asText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
