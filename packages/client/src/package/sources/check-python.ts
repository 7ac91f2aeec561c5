import { findDependencies, pythonPackageName, scriptKind } from "@sealrun/protocol";
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
 * Imports that nothing in the package brings. Refused when it names no library at all; beside a requirements.txt with
 * lines, a warning for an import that none of them resembles: a library's name does not say which modules it brings.
 */
export function checkPython({ files, steps }: JudgedPackage): readonly PackageProblem[] {
  const paths = new Set(files.map(({ path }) => path));
  const text = createTexts(files);
  const pins = readPins(files);
  if (pins === undefined) return [];
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
      else if (!isProvidedModule(name) && !problems.has(name) && !pins.some((pin) => resembles(pin, name))) {
        problems.set(name, describe({ path, made, name, hasPins: pins.length > 0 }));
      }
    }
  }
  return [...problems.values()];
}

/** The libraries of requirements.txt; none without one. Undefined when it cannot be read, which is a problem of its own. */
function readPins(files: JudgedPackage["files"]): readonly string[] | undefined {
  const bytes = files.find(({ path }) => path === "requirements.txt")?.bytes;
  try {
    const { python } = findDependencies([], (path) => (path === "requirements.txt" ? bytes : undefined));
    return python?.requirements.pins.map(({ name }) => pythonPackageName(name)) ?? [];
  } catch {
    return undefined;
  }
}

/** True when a library probably brings a module: "google-cloud-storage" for "google", "python-magic" for "magic". */
function resembles(library: string, module: string): boolean {
  const names = [module, distributionOf(module)].map(pythonPackageName);
  return names.some((name) => library.includes(name) || name.includes(library));
}

function describe(found: {
  readonly path: string;
  readonly made: PythonImport;
  readonly name: string;
  readonly hasPins: boolean;
}): PackageProblem {
  const { path, made, name, hasPins } = found;
  const library = distributionOf(name);
  if (!hasPins) {
    return refuse(
      path,
      made,
      `imports ${name}, which needs a requirements.txt; write a line ${library}==VERSION into it`,
    );
  }
  const message = `${path}:${made.line}: imports ${name}, and no line of requirements.txt has a name like it; unless one of them brings it, add ${library}==VERSION`;
  return { code: null, level: "warning", file: path, line: made.line, message };
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
