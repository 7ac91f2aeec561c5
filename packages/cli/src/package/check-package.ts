import { basename, resolve } from "node:path";
import {
  findPlaintext,
  isScript,
  type Manifest,
  packageName,
  parseConfigFile,
  parseManifest,
  parseParametersFile,
  parseSecretDocument,
  planSteps,
  type SecretEntry,
  SealrunError,
  showName,
  type Step,
} from "@sealrun/protocol";
import { type PackageFolder, readPackageFolder } from "./read-folder.ts";

/** A package that the platform will take. */
export interface CheckedPackage {
  readonly name: string;
  readonly files: PackageFolder["files"];
  readonly secrets: ReadonlyMap<string, SecretEntry>;
  readonly steps: readonly Step[];
  readonly skipped: readonly string[];
  /** Sentences that name file, line and secret, for values that stand in scripts. */
  readonly warnings: readonly string[];
}

/** Reads and checks a package whole, as the platform will; throws the codes of its documents, each naming the place. */
export async function checkPackage(folder: string, givenName: string | undefined): Promise<CheckedPackage> {
  const { files, secretsFile, skipped } = await readPackageFolder(folder);
  const paths = files.map(({ path }) => path);
  const read = <T>(path: string, parse: (bytes: Uint8Array) => T): T | undefined => {
    const file = files.find((candidate) => candidate.path === path);
    return file === undefined ? undefined : parse(file.bytes);
  };
  const manifest = read("manifest.json", (bytes) => parseManifest(bytes, paths.filter(isScript)));
  read("config.json", parseConfigFile);
  read("parameters.json", parseParametersFile);
  const secrets: ReadonlyMap<string, SecretEntry> =
    secretsFile === undefined ? new Map() : parseSecretDocument(secretsFile);
  return {
    name: chooseName(folder, givenName, manifest),
    files,
    secrets,
    steps: planSteps(manifest, paths),
    skipped,
    warnings: warnOfPlaintext(files, secrets),
  };
}

function chooseName(folder: string, given: string | undefined, manifest: Manifest | undefined): string {
  const name = given ?? manifest?.name ?? basename(resolve(folder));
  const parsed = packageName.safeParse(name);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "";
  throw new SealrunError(
    "NAME_NOT_ALLOWED",
    `${showName(name)} cannot be the package's name: ${rule}; give another one with --name`,
  );
}

function warnOfPlaintext(files: PackageFolder["files"], secrets: ReadonlyMap<string, SecretEntry>): readonly string[] {
  if (secrets.size === 0) return [];
  return files.flatMap(({ path, bytes }) =>
    findPlaintext(new TextDecoder().decode(bytes), secrets).map(
      ({ line, name }) => `${path}:${line} holds the value of ${name} in plain text; let the script ask for it instead`,
    ),
  );
}
