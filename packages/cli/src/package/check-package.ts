import { basename, resolve } from "node:path";
import {
  findDependencies,
  findPlaintext,
  isScript,
  type JsonObject,
  type Manifest,
  packageName,
  parseConfigFile,
  parseManifest,
  type ParametersFile,
  parseParametersFile,
  parseSecretDocument,
  planSteps,
  type SecretEntry,
  SealrunError,
  showName,
  type Step,
} from "@sealrun/protocol";
import { checkReferences } from "./check-references.ts";
import { type Problem, problemOf } from "./problem.ts";
import { type PackageFolder, readPackageFolder } from "./read-folder.ts";

/** A package that the platform will take. */
export interface CheckedPackage {
  readonly name: string;
  readonly files: PackageFolder["files"];
  readonly secrets: ReadonlyMap<string, SecretEntry>;
  readonly manifest: Manifest | undefined;
  readonly config: JsonObject | undefined;
  readonly parameters: ParametersFile | undefined;
  readonly steps: readonly Step[];
  readonly skipped: readonly string[];
  /** Values that stand in scripts, dependencies that cannot be installed, references that fail a step. */
  readonly problems: readonly Problem[];
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
  const config = read("config.json", parseConfigFile);
  const parameters = read("parameters.json", parseParametersFile);
  const steps = planSteps(manifest, paths);
  const secrets: ReadonlyMap<string, SecretEntry> =
    secretsFile === undefined ? new Map() : parseSecretDocument(secretsFile);
  return {
    name: chooseName(folder, givenName, manifest),
    files,
    secrets,
    manifest,
    config,
    parameters,
    steps,
    skipped,
    problems: [
      ...warnOfPlaintext(files, secrets),
      ...warnOfDependencies(files),
      ...checkReferences({ config, parameters, steps }),
    ],
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

function warnOfPlaintext(files: PackageFolder["files"], secrets: ReadonlyMap<string, SecretEntry>): readonly Problem[] {
  if (secrets.size === 0) return [];
  return files.flatMap(({ path, bytes }) =>
    findPlaintext(new TextDecoder().decode(bytes), secrets).map(({ line, name }) => ({
      code: null,
      level: "warning",
      file: path,
      line,
      message: `${path}:${line} holds the value of ${name} in plain text; let the script ask for it instead`,
    })),
  );
}

/** What would end a run before its first script. The push goes on: the files may be there for something else. */
function warnOfDependencies(files: PackageFolder["files"]): readonly Problem[] {
  const paths = files.map(({ path }) => path);
  const wheel = paths.find((path) => /^wheels\/[^/]+\.whl$/.test(path));
  const read = (path: string): Uint8Array | undefined => files.find((file) => file.path === path)?.bytes;
  try {
    const { python } = findDependencies(paths, read);
    if (wheel === undefined || python !== undefined) return [];
    const message = `${wheel} is not installed: a requirements.txt has to name and pin it`;
    return [{ code: null, level: "warning", file: wheel, line: null, message }];
  } catch (error) {
    const problem = problemOf(error);
    return [{ ...problem, message: `Runs will fail: ${problem.message}` }];
  }
}
