import { type PackageInfo, type Scope, SealrunError, type SecretInfo } from "@sealrun/protocol";
import type { Packages } from "../calls/packages.ts";
import type { Secrets } from "../calls/secrets.ts";
import type { StoredNames } from "./answer-needs.ts";

/** The package whose names are requested, and the names that it brings along. */
export interface NamesTarget {
  readonly project: string;
  readonly name: string;
  readonly ownNames: ReadonlySet<string>;
}

/** What the platform has before a push. */
export interface FoundNames {
  readonly stored: StoredNames;
  /** The package's newest version; null for one that was never pushed. */
  readonly version: number | null;
  /** Secrets of the package that were set since the last push; a push replaces them only with `overwrite`. */
  readonly changed: readonly SecretInfo[];
}

/** The calls that ask for names. */
type NamesCalls = Pick<Secrets, "listSecrets"> & Pick<Packages, "getPackage">;

/** Asks for the names of all three scopes, never for values; a package that does not exist has none. Stores nothing. */
export async function askNames(client: NamesCalls, { project, name, ownNames }: NamesTarget): Promise<FoundNames> {
  const ofPlatform = await client.listSecrets({ scope: "platform" });
  const ofProject = await client.listSecrets({ scope: "project", project });
  const { info, secrets } = await findPackage(client, project, name);
  const stored = new Map<Scope, ReadonlyMap<string, number>>([
    ["platform", byName(ofPlatform)],
    ["project", byName(ofProject)],
    ["service", byName(secrets)],
  ]);
  const changed = secrets.filter((secret) => ownNames.has(secret.name) && isChanged(secret, info));
  return { stored, version: info?.version?.number ?? null, changed };
}

async function findPackage(
  client: NamesCalls,
  project: string,
  name: string,
): Promise<{ readonly info: PackageInfo | undefined; readonly secrets: readonly SecretInfo[] }> {
  try {
    const info = await client.getPackage(project, name);
    return { info, secrets: await client.listSecrets({ scope: "service", project, package: name }) };
  } catch (error) {
    if (error instanceof SealrunError && error.code === "PACKAGE_NOT_FOUND") return { info: undefined, secrets: [] };
    throw error;
  }
}

/** True for a secret that the push will treat as changed. */
function isChanged({ source, updatedAt }: SecretInfo, info: PackageInfo | undefined): boolean {
  const pushedAt = info?.version?.createdAt;
  const isOfPush = source === undefined || source === "push" || source === "boundary";
  return pushedAt !== undefined && !isOfPush && updatedAt > pushedAt;
}

function byName(secrets: readonly SecretInfo[]): ReadonlyMap<string, number> {
  return new Map(secrets.map(({ name, version }) => [name, version]));
}
