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
  parsePushedParametersFile,
  parseSecretDocument,
  planSteps,
  requireScript,
  type SecretEntry,
  showNames,
  type Step,
} from "@sealrun/protocol";
import type { FileToPush } from "../calls/packages.ts";
import { checkFirstLines, warnOfEditors } from "./check-text-files.ts";
import { checkReferences } from "./check-references.ts";
import { warnOfTsconfig } from "./check-tsconfig.ts";
import { warnOfMasking } from "../secret-files/warn-of-masking.ts";
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
  /** Values found in scripts, values that are not masked, dependencies that cannot be installed, references that fail a step. */
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
  orRefuse(onRefused, () => requireScript(files));
  const manifest = read("manifest.json", (bytes) => parseManifest(bytes, paths.filter(isScript)));
  const config = read("config.json", parseConfigFile);
  const parameters = read("parameters.json", parsePushedParametersFile);
  // Without a script, or with a manifest that was refused, the steps would only be refused again.
  const isPlanned = paths.some(isScript) && (manifest !== undefined || !paths.includes("manifest.json"));
  const steps = (isPlanned ? orRefuse(onRefused, () => planSteps(manifest, paths)) : undefined) ?? [];
  const secrets: ReadonlyMap<string, SecretEntry> =
    (secretsFile === undefined ? undefined : orRefuse(onRefused, () => parseSecretDocument(secretsFile))) ?? new Map();
  const references = orRefuse(onRefused, () => checkReferences({ config, parameters, steps })) ?? [];
  const firstLines = checkFirstLines(files, steps, onRefused);
  return {
    files,
    secrets,
    manifest,
    config,
    parameters,
    steps,
    problems: [
      ...warnOfPlaintext(files, secrets),
      ...warnOfUnmasked(secrets),
      ...judgeDependencies(files),
      ...warnOfTsconfig(files),
      ...firstLines,
      ...warnOfEditors(files),
      ...references,
    ],
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

function warnOfUnmasked(secrets: ReadonlyMap<string, SecretEntry>): readonly PackageProblem[] {
  return [...secrets].flatMap(([name, { value, line }]) => {
    const sentence = warnOfMasking(name, value);
    if (sentence === undefined) return [];
    return [{ code: null, level: "warning", file: "secrets.json", line, message: `secrets.json:${line}: ${sentence}` }];
  });
}

/** Dependencies that fail every run before its first script, wheels that are not installed, and install scripts. */
function judgeDependencies(files: readonly FileToPush[]): readonly PackageProblem[] {
  const paths = files.map(({ path }) => path);
  const wheel = paths.find((path) => /^wheels\/[^/]+\.whl$/.test(path));
  const read = (path: string): Uint8Array | undefined => files.find((file) => file.path === path)?.bytes;
  try {
    const { node, python } = findDependencies(paths, read);
    const scripts = node?.kind === "install" ? warnOfInstallScripts(node.install.withScripts) : [];
    if (wheel === undefined || python !== undefined) return scripts;
    const message = `${wheel} is not installed: a requirements.txt has to name and pin it`;
    return [...scripts, { code: null, level: "warning", file: wheel, line: null, message }];
  } catch (error) {
    const problem = problemOf(error);
    return [{ ...problem, severity: "refused", message: `Runs will fail: ${problem.message}` }];
  }
}

/** Most packages work without theirs: it only chooses among files that they bring. */
function warnOfInstallScripts(names: readonly string[]): readonly PackageProblem[] {
  if (names.length === 0) return [];
  const [has, does] = names.length === 1 ? ["has an install script", "does"] : ["have install scripts", "do"];
  const message = `package-lock.json: ${showNames(names)} ${has}, which ${does} not run; a native part that it would make is missing`;
  return [{ code: null, level: "warning", file: "package-lock.json", line: null, message }];
}
