import {
  checkPackageFiles,
  findDependencies,
  findPlaintext,
  isScript,
  type JsonObject,
  type Manifest,
  type OnRefused,
  orRefuse,
  parseConfigFile,
  parseManifest,
  type ParametersFile,
  parseParametersFile,
  parseSecretDocument,
  planSteps,
  type SecretEntry,
  type Step,
} from "@sealrun/protocol";
import type { FileToPush } from "../calls/packages.ts";
import { checkReferences } from "./check-references.ts";
import { type PackageProblem, problemOf } from "./problem.ts";

/** The files that will become a package. */
export interface PackageContent {
  /** Without secrets.json, in the order in which scripts run: by path. */
  readonly files: readonly FileToPush[];
  readonly secretsFile: Uint8Array | undefined;
}

/** A package that the platform will accept. */
export interface CheckedContent {
  readonly files: readonly FileToPush[];
  readonly secrets: ReadonlyMap<string, SecretEntry>;
  readonly manifest: Manifest | undefined;
  readonly config: JsonObject | undefined;
  readonly parameters: ParametersFile | undefined;
  readonly steps: readonly Step[];
  /** Values found in scripts, dependencies that cannot be installed, references that fail a step. */
  readonly problems: readonly PackageProblem[];
}

/**
 * Checks a whole package, as the platform will; throws the codes of its documents, each naming the place. With
 * `onRefused` only the refused documents are left out, so that all problems are reported at once.
 */
export function checkContent({ files, secretsFile }: PackageContent, onRefused?: OnRefused): CheckedContent {
  const paths = files.map(({ path }) => path);
  const read = <T>(path: string, parse: (bytes: Uint8Array) => T): T | undefined => {
    const file = files.find((candidate) => candidate.path === path);
    return file === undefined ? undefined : orRefuse(onRefused, () => parse(file.bytes));
  };
  orRefuse(onRefused, () =>
    checkPackageFiles(files.map(({ path, bytes }) => ({ path, size: bytes.length, kind: "file" }))),
  );
  const manifest = read("manifest.json", (bytes) => parseManifest(bytes, paths.filter(isScript)));
  const config = read("config.json", parseConfigFile);
  const parameters = read("parameters.json", parseParametersFile);
  const isPlanned = manifest !== undefined || !paths.includes("manifest.json");
  const steps = (isPlanned ? orRefuse(onRefused, () => planSteps(manifest, paths)) : undefined) ?? [];
  const secrets: ReadonlyMap<string, SecretEntry> =
    (secretsFile === undefined ? undefined : orRefuse(onRefused, () => parseSecretDocument(secretsFile))) ?? new Map();
  const references = orRefuse(onRefused, () => checkReferences({ config, parameters, steps })) ?? [];
  return {
    files,
    secrets,
    manifest,
    config,
    parameters,
    steps,
    problems: [...warnOfPlaintext(files, secrets), ...warnOfDependencies(files), ...references],
  };
}

function warnOfPlaintext(
  files: readonly FileToPush[],
  secrets: ReadonlyMap<string, SecretEntry>,
): readonly PackageProblem[] {
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

/** Dependencies that would fail a run before its first script. Only warnings: the files may have another purpose. */
function warnOfDependencies(files: readonly FileToPush[]): readonly PackageProblem[] {
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
