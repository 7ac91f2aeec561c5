import {
  type JsonObject,
  listReferences,
  lookupOrder,
  type MissingSecret,
  parametersFileSchema,
  type Scope,
  SealrunError,
  scopesOf,
  showName,
} from "@sealrun/protocol";
import type { OverviewPackage } from "./overview-store.ts";

/** A place where a package asks for a secret. */
export interface AskedName {
  /** The first name that is set answers. Several only where dots leave open which part is the name. */
  readonly names: readonly string[];
  /** The scopes that may answer. */
  readonly scopes: readonly Scope[];
  readonly askedBy: MissingSecret["askedBy"];
  readonly where: string;
}

/**
 * Where the newest version of a package asks for secrets: first references, which fail a step, then the manifest's
 * lists.
 */
export function listAsked(
  version: Pick<OverviewPackage, "manifest" | "config" | "parameters" | "steps">,
  project: string,
): readonly AskedName[] {
  return [...ofReferences(version, project), ...ofManifest(version)];
}

/** The names that no scope has, each once, with the first place that asks for it. */
export function findMissing(
  asked: readonly AskedName[],
  isSet: (scope: Scope, name: string) => boolean,
): readonly MissingSecret[] {
  const missing = new Map<string, MissingSecret>();
  for (const { names, scopes, askedBy, where } of asked) {
    if (names.some((name) => scopes.some((scope) => isSet(scope, name)))) continue;
    // The last of several names contains no field: it is the name that people set.
    const name = names.at(-1) ?? "";
    if (!missing.has(name)) missing.set(name, { name, askedBy, where });
  }
  return [...missing.values()];
}

function ofManifest({ manifest, steps }: Pick<OverviewPackage, "manifest" | "steps">): readonly AskedName[] {
  const ofPackage = namesIn(manifest["secrets"]);
  const ofSteps = steps.flatMap(({ name: where, secrets }) =>
    (secrets ?? []).filter((name) => !ofPackage.includes(name)).map((name) => ({ name, where })),
  );
  return [...ofPackage.map((name) => ({ name, where: "manifest.json" })), ...ofSteps].map(({ name, where }) => ({
    names: [name],
    scopes: lookupOrder,
    askedBy: "manifest",
    where,
  }));
}

function namesIn(list: JsonObject[string] | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === "string") : [];
}

function ofReferences(
  { config, parameters, steps }: Pick<OverviewPackage, "config" | "parameters" | "steps">,
  project: string,
): readonly AskedName[] {
  const fields = parameters === null ? [] : parametersFileSchema.parse(parameters).fields;
  const documents = [
    { document: "config.json", value: config },
    ...fields.map(({ name, default: value }) => ({
      document: `parameters.json: default of ${showName(name)}`,
      value: value ?? null,
    })),
    ...steps.flatMap(({ name, env, input }) => [
      { document: `the env of step ${name}`, value: env },
      { document: `the input of step ${name}`, value: input ?? null, isProgram: true },
    ]),
  ];
  return documents.flatMap(({ value, ...place }) =>
    list(value, place).map(({ names, namespace, place: where }) => ({
      names,
      scopes: scopesOf(namespace, project),
      askedBy: "reference" as const,
      where,
    })),
  );
}

/** The references of a document; none when they cannot be read, because the run reports what is wrong. */
function list(...[value, place]: Parameters<typeof listReferences>): ReturnType<typeof listReferences> {
  try {
    return listReferences(value, place);
  } catch (error) {
    if (error instanceof SealrunError && error.code === "REFERENCE_INVALID") return [];
    throw error;
  }
}
