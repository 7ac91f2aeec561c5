import { type FoundSecret, isEmptyValue, readSecrets, takePlain, takePrefixed, warnOfMasking } from "@sealrun/client";
import { type JsonValue, limits, SealrunError, type SecretInfo, showBytes } from "@sealrun/protocol";
import { showCount } from "../../../parts/text/show-count.ts";

/** The content of a file, with values: keep it out of React state and drop it after the import. */
export interface ImportedFile {
  readonly name: string;
  readonly secrets: readonly FoundSecret[];
  /** Names that cannot be stored: place, what is wrong, what to do. */
  readonly refusals: readonly string[];
}

/** One name of a file as it is shown: never its value. */
export interface PlannedName {
  readonly name: string;
  /** File and line. */
  readonly place: string;
  /** The version that it replaces; null for a new name. */
  readonly replaces: number | null;
  /** True for an empty text, which is rarely meant: such a name is stored only when it is ticked. */
  readonly isEmpty: boolean;
  /** What a run will not mask of the value; undefined when it masks all of it. */
  readonly warning: string | undefined;
}

/** What an import would do, without values. */
export interface ImportPlan {
  readonly names: readonly PlannedName[];
  readonly refusals: readonly string[];
  /** How many names lack the prefix, when it is removed. */
  readonly leftOut: number;
}

/** The prefix of Kestra. */
export const usualPrefix = "SECRET_";

/** Reads a dropped file and wipes its bytes. Throws when the whole file is wrong; a wrong name is only listed in `refusals`. */
export async function readImport(file: Pick<File, "name" | "size" | "arrayBuffer">): Promise<ImportedFile> {
  if (file.size > limits.secretsFileBytes) {
    const max = showBytes(limits.secretsFileBytes);
    throw new SealrunError("VALUE_TOO_LARGE", `Expected a file of at most ${max}; split it`);
  }
  const refusals: string[] = [];
  const bytes = new Uint8Array(await file.arrayBuffer());
  const secrets = readSecrets(bytes, { name: file.name, isNamed: true }, (error) => refusals.push(error.message));
  if (secrets.length === 0 && refusals.length === 0) {
    throw new SealrunError("SECRETS_FILE_INVALID", "Expected at least one name, found none");
  }
  return { name: file.name, secrets, refusals };
}

/** The file with its values as they stand; a wrapped one is only listed in `refusals`. */
export function keepPlain(file: ImportedFile): ImportedFile {
  return takeEach(file, (secret) => takePlain([secret]));
}

/** The file with the prefix removed from its names and their values decoded; names without the prefix are left out. */
export function decodePrefixed(file: ImportedFile): ImportedFile & { readonly leftOut: number } {
  const rule = { prefix: usualPrefix, isBase64: true, plainHint: "without the switch" };
  const leftOut = file.secrets.filter(({ name }) => !name.startsWith(usualPrefix)).length;
  return { ...takeEach(file, (secret) => takePrefixed([secret], rule)), leftOut };
}

function takeEach(file: ImportedFile, take: (secret: FoundSecret) => readonly FoundSecret[]): ImportedFile {
  const refusals = [...file.refusals];
  const secrets = file.secrets.flatMap((secret) => {
    try {
      return take(secret);
    } catch (error) {
      if (!(error instanceof SealrunError)) throw error;
      refusals.push(error.message);
    }
    return [];
  });
  return { name: file.name, secrets, refusals };
}

/** What storing the file would change, by name. */
export function planImport(
  { secrets, refusals, leftOut = 0 }: ImportedFile & { readonly leftOut?: number },
  stored: readonly Pick<SecretInfo, "name" | "version">[],
): ImportPlan {
  const versions = new Map(stored.map(({ name, version }) => [name, version]));
  const names = secrets
    .map(({ name, place, value }) => ({
      name,
      place,
      replaces: versions.get(name) ?? null,
      isEmpty: isEmptyValue(value),
      warning: warnOfMasking(name, value),
    }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return { names, refusals, leftOut };
}

/** The values to store: those of the chosen names. */
export function chosenValues(
  secrets: readonly FoundSecret[],
  chosen: ReadonlySet<string>,
): ReadonlyMap<string, JsonValue> {
  return new Map(secrets.filter(({ name }) => chosen.has(name)).map(({ name, value }) => [name, value]));
}

/** The result of an import, in words. */
export function importWords(count: number, replaced: number): string {
  const names = count === 1 ? "1 name" : `${showCount(count)} names`;
  if (replaced === 0) return `${names} sealed, all new`;
  return replaced === count ? `${names} sealed, all replaced` : `${names} sealed, ${replaced} of them replaced`;
}
