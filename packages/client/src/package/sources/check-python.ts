import { scriptKind } from "@sealrun/protocol";
import { isVendored } from "../find-uses.ts";
import type { PackageProblem } from "../problem.ts";
import { distributionOf, isProvidedModule } from "./python-modules.ts";
import { type PythonImport, readPythonImports } from "./read-python.ts";
import { createTexts, type JudgedPackage, refuse } from "./scripts.ts";

const maxFileLength = 1_048_576;
const maxFiles = 1_000;
/** A script that installs, or that looks for modules elsewhere, may find what the package does not name. */
const installs = /\b(?:pip3?|ensurepip|easy_install|conda|uv|poetry|apt-get)\b/;
const searchesElsewhere = /\bsys\.(?:path|meta_path|modules)\b|\baddsitedir\b|\bPYTHONPATH\b/;

/**
 * Imports of a package that has no requirements.txt at all, although one would be needed. With one, nothing is judged:
 * a library's name does not say which modules it brings.
 */
export function checkPython({ files, steps }: JudgedPackage): readonly PackageProblem[] {
  const paths = new Set(files.map(({ path }) => path));
  if (paths.has("requirements.txt")) return [];
  const text = createTexts(files);
  const scripts = steps.map(({ script }) => script);
  if (scripts.some((script) => installs.test(text(script) ?? ""))) return [];
  if (steps.some(({ env }) => "PYTHONPATH" in env || "PYTHONHOME" in env)) return [];
  const own = ownModules([...paths]);
  const problems = new Map<string, PackageProblem>();
  const seen = new Set<string>();
  const waiting = scripts.filter((script) => scriptKind(script) === "python");
  for (let path = waiting.shift(); path !== undefined && seen.size < maxFiles; path = waiting.shift()) {
    const source = seen.has(path) ? undefined : text(path);
    seen.add(path);
    if (source === undefined || source.length > maxFileLength) continue;
    if (searchesElsewhere.test(source)) return [];
    for (const made of readPythonImports(source)) {
      const [name = ""] = made.module.split(".", 1);
      if (name === "" || own.has(name)) waiting.push(...filesOf(path, made).filter((file) => paths.has(file)));
      else if (!isProvidedModule(name) && !problems.has(name)) problems.set(name, describe(path, made, name));
    }
  }
  return [...problems.values()];
}

function describe(path: string, { line }: PythonImport, name: string): PackageProblem {
  const library = distributionOf(name);
  return refuse(
    path,
    { line },
    `imports ${name}, which needs a requirements.txt; write a line ${library}==VERSION into it`,
  );
}

/** Any folder or file of that name may be the module: where a script looks is not followed. */
function ownModules(paths: readonly string[]): ReadonlySet<string> {
  const names = paths
    .filter((path) => !isVendored(path))
    .flatMap((path) => path.split("/").map((part) => part.split(".", 1)[0] ?? ""));
  return new Set(names);
}

/** The files that an import of the package's own modules loads, where they are if they exist. */
function filesOf(from: string, { module, names }: PythonImport): readonly string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const folders = from.split("/").slice(0, -1);
  const parts = module
    .slice(dots)
    .split(".")
    .filter((part) => part !== "");
  const bases = dots === 0 ? [folders, []] : [folders.slice(0, Math.max(0, folders.length - dots + 1))];
  return bases.flatMap((base) => {
    const loaded = [...parts.map((_, index) => parts.slice(0, index + 1)), ...names.map((name) => [...parts, name])];
    return loaded.flatMap((part) => {
      const path = [...base, ...part].join("/");
      return [`${path}.py`, `${path}/__init__.py`];
    });
  });
}
