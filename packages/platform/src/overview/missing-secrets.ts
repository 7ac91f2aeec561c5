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
 * lists. A name of a list that is optional is not asked for.
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

/** True when a step of the newest version says that it can do without a name; one that it no longer has says nothing. */
export function isOptionalIn({ steps }: Pick<OverviewPackage, "steps">, step: string, name: string): boolean {
  return steps.some((known) => known.name === step && (known.optional ?? []).some((other) => other === name));
}

function ofManifest({ manifest, steps }: Pick<OverviewPackage, "manifest" | "steps">): readonly AskedName[] {
  const ofPackage = namesIn(manifest["secrets"]);
  const isNeeded = (name: string): boolean => {
    const readers = steps.filter((step) => isReadBy(step, name));
    return readers.length === 0 || readers.some((step) => !isOptionalIn({ steps }, step.name, name));
  };
  const ofSteps = steps.flatMap(({ name: where, secrets }) =>
    (secrets ?? [])
      .filter((name) => !ofPackage.includes(name) && !isOptionalIn({ steps }, where, name))
      .map((name) => ({ name, where })),
  );
  const needed = ofPackage.filter(isNeeded).map((name) => ({ name, where: "manifest.json" }));
  return [...needed, ...ofSteps].map(({ name, where }) => ({
    names: [name],
    scopes: lookupOrder,
    askedBy: "manifest",
    where,
  }));
}

function isReadBy({ secrets }: OverviewPackage["steps"][number], name: string): boolean {
  return secrets === undefined || secrets.some((other) => other === name);
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
