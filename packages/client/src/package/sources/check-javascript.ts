import {
  decodeText,
  findDependencies,
  firstLineOf,
  hasPathNames,
  packageOf,
  scriptKind,
  showName,
} from "@sealrun/protocol";
import { z } from "zod";
import { isVendored } from "../find-uses.ts";
import type { PackageProblem } from "../problem.ts";
import { isProvided } from "./node-modules.ts";
import type { ScriptParser } from "./parse-script.ts";
import type { ScriptImport } from "./read-imports.ts";
import { findModule, joinPath, type Resolution } from "./resolve-import.ts";
import { createTexts, type JudgedPackage, refuse } from "./scripts.ts";

/** Bytes of one file, and of all files together, that are parsed: a second or two of work. */
const parsedLimits = { fileBytes: 1_048_576, totalBytes: 2_097_152 } as const;

/**
 * Follows the imports of the package's JavaScript and TypeScript from its steps on. Gives a problem for each file that
 * does not parse, and for each import that a run would not find. What may be right is not reported.
 */
export function checkJavaScript(judged: JudgedPackage, parse: ScriptParser): readonly PackageProblem[] {
  const context = createContext(judged);
  const problems: PackageProblem[] = [];
  const waiting: Visit[] = judged.steps.flatMap(({ script }, step) => {
    const kind = scriptKind(script);
    if (kind !== "typescript" && kind !== "javascript") return [];
    return [{ path: script, isCompiled: kind === "typescript", step }];
  });
  const seen = new Set<string>();
  const unread: string[] = [];
  let bytesLeft: number = parsedLimits.totalBytes;
  for (let visit = waiting.shift(); visit !== undefined; visit = waiting.shift()) {
    const key = `${visit.path} ${visit.isCompiled}`;
    const text = seen.has(key) ? undefined : context.text(visit.path);
    seen.add(key);
    if (text === undefined) continue;
    if (text.length > Math.min(parsedLimits.fileBytes, bytesLeft)) {
      unread.push(visit.path);
      continue;
    }
    bytesLeft -= text.length;
    const parsed = parse(visit.path, text);
    if (parsed.kind === "broken") problems.push(refuse(visit.path, parsed, `does not parse: ${parsed.reason}`));
    if (parsed.kind === "unknown") {
      unread.push(visit.path);
      continue;
    }
    for (const made of parsed.imports) {
      const { next, problem } = follow(context, visit, made);
      if (problem !== undefined) problems.push(problem);
      if (next !== undefined) waiting.push({ ...visit, path: next });
    }
  }
  const byMessage = new Map(problems.map((problem) => [problem.message, problem]));
  return [...byMessage.values(), ...describeUnread(unread)];
}

interface Visit {
  readonly path: string;
  /** Part of a bundle: the compiler finds its imports. */
  readonly isCompiled: boolean;
  /** The position of the step that loads it. */
  readonly step: number;
}

interface Context {
  readonly judged: JudgedPackage;
  readonly paths: ReadonlySet<string>;
  readonly text: (path: string) => string | undefined;
  readonly installed: InstalledNames;
  /** Bare names may be paths, as a tsconfig.json says. */
  readonly hasPathNames: boolean;
  /** Something else loads modules: what is missing here may be found by it. */
  readonly hasOwnLoader: boolean;
  readonly ownName: string | undefined;
}

function createContext(judged: JudgedPackage): Context {
  const text = createTexts(judged.files);
  const paths = new Set(judged.files.map(({ path }) => path));
  const settings = judged.files.filter(({ path }) => /(?:^|\/)[jt]sconfig\.json$/.test(path) && !isVendored(path));
  return {
    judged,
    paths,
    text,
    installed: readInstalled(judged, text),
    hasPathNames: settings.some(({ path }) => hasPathNames(text(path) ?? "")),
    hasOwnLoader: judged.steps.some(({ env, script }) => {
      const file = judged.files.find(({ path }) => path === script);
      const firstLine = file === undefined ? "" : firstLineOf(file.bytes);
      return (
        "NODE_OPTIONS" in env ||
        "NODE_PATH" in env ||
        /^#!.*--(?:import|require|loader|experimental-loader)/.test(firstLine)
      );
    }),
    ownName: readNames(text("package.json")).name,
  };
}

/** The next file to read, or what is wrong with an import. */
function follow(
  context: Context,
  visit: Visit,
  made: ScriptImport,
): { readonly next?: string | undefined; readonly problem?: PackageProblem | undefined } {
  if (made.isGuarded || !isReached(visit, made)) return {};
  const { specifier } = made;
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return { problem: judgePackage(context, visit, made) };
  if (/[?#%]/.test(specifier) || /\.d\.[mc]?ts$/.test(specifier)) return {};
  const path = joinPath(visit.path, specifier);
  const how: Resolution = visit.isCompiled ? "compiler" : made.how === "require" ? "require" : "exact";
  const found = path === undefined ? undefined : findModule(path, context.paths, how);
  if (found !== undefined) return { next: /\.[cm]?[jt]sx?$/.test(found) ? found : undefined };
  if (context.hasOwnLoader || isMadeEarlier(context, visit, specifier)) return {};
  const near = path === undefined ? undefined : findModule(path, context.paths, "compiler");
  const advice =
    near === undefined ? "add the file, or correct the path" : `Node takes the whole name of a file: ${showName(near)}`;
  return {
    problem: refuse(visit.path, made, `imports ${showName(specifier)}, which is not in the package; ${advice}`),
  };
}

/** The compiler resolves everything that it finds. Node resolves an import of a value before the script, the rest when it gets there. */
function isReached({ path, isCompiled }: Visit, made: ScriptImport): boolean {
  return isCompiled || made.how === "static" || (path.endsWith(".cjs") && isCertain(made));
}

/** Whatever the script does, Node resolves it. */
function isCertain({ how, isConditional }: ScriptImport): boolean {
  return how === "static" || (how === "require" && !isConditional);
}

/** An earlier step may write what a later one imports, if it names it. */
function isMadeEarlier({ judged, text }: Context, { step, isCompiled }: Visit, specifier: string): boolean {
  if (isCompiled) return false;
  const name = specifier.slice(specifier.lastIndexOf("/") + 1);
  return judged.steps.slice(0, step).some(({ script }) => text(script)?.includes(name) === true);
}

function judgePackage(context: Context, visit: Visit, made: ScriptImport): PackageProblem | undefined {
  const name = packageOf(made.specifier);
  if (name === undefined || isProvided(name) || name === context.ownName) return undefined;
  const { installed, paths, hasOwnLoader, hasPathNames } = context;
  if (hasOwnLoader || (visit.isCompiled && hasPathNames) || installed.kind === "unknown") return undefined;
  // With installed packages the compiler leaves them to Node, which resolves the rest when it gets there.
  if (installed.kind !== "none" && !isCertain(made)) return undefined;
  if (isBeside(visit.path, name, paths)) return undefined;
  if (installed.kind === "locked" && installed.names.has(name)) return undefined;
  return refuse(visit.path, made, `imports ${showName(made.specifier)}, ${describeMissing(context, name)}`);
}

function describeMissing({ installed, text }: Context, name: string): string {
  if (installed.kind === "vendored") return `which is not in node_modules; push it there, or push a lock file instead`;
  if (Object.hasOwn(readNames(text("package.json")).devDependencies, name)) {
    return `which is only in devDependencies, and these are not installed; move it to dependencies with npm install ${name}`;
  }
  if (installed.kind === "locked")
    return `which is not in package-lock.json; run npm install ${name}, and push both files again`;
  return `which needs package.json and package-lock.json; run npm install ${name}, and push both files too`;
}

/** True when the package brings this library, where Node looks from the file. */
function isBeside(from: string, name: string, paths: ReadonlySet<string>): boolean {
  const folders = from.split("/").slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const start = [...folders.slice(0, depth), "node_modules", name].join("/");
    for (const path of paths) if (path.startsWith(`${start}/`) || path.startsWith(`${start}.`)) return true;
  }
  return false;
}

/** The libraries of a run. `unknown` when the lock file cannot be used, which is a problem of its own, or a script installs. */
type InstalledNames =
  | { readonly kind: "none" | "vendored" | "unknown" }
  | { readonly kind: "locked"; readonly names: ReadonlySet<string> };

const installCommand = /\b(?:npm|pnpm|yarn|bun)\s{1,20}(?:ci|i|install|add)\b/;

function readInstalled({ files, steps }: JudgedPackage, text: (path: string) => string | undefined): InstalledNames {
  if (steps.some(({ script }) => installCommand.test(text(script) ?? ""))) return { kind: "unknown" };
  const read = (path: string): Uint8Array | undefined =>
    path === "requirements.txt" ? undefined : files.find((file) => file.path === path)?.bytes;
  try {
    const { node } = findDependencies(
      files.map(({ path }) => path),
      read,
    );
    if (node === undefined) return { kind: "none" };
    if (node.kind === "vendored") return { kind: "vendored" };
    const { packages } = decodeText(lockedPackages, node.install.lockJson);
    return { kind: "locked", names: new Set(Object.keys(packages).flatMap(topName)) };
  } catch {
    return { kind: "unknown" };
  }
}

const lockedPackages = z.object({ packages: z.record(z.string(), z.unknown()) });

/** `node_modules/a` gives `a`; a package inside another one can be imported only by that one. */
function topName(path: string): readonly string[] {
  const name = path.replace(/^node_modules\//, "");
  return name === path || name.includes("node_modules/") ? [] : [name];
}

const packageNames = z.object({
  name: z.string().optional().catch(undefined),
  devDependencies: z.record(z.string(), z.unknown()).catch({}),
});

function readNames(text: string | undefined): z.infer<typeof packageNames> {
  try {
    return decodeText(packageNames, text ?? "{}");
  } catch {
    return { name: undefined, devDependencies: {} };
  }
}

function describeUnread(paths: readonly string[]): readonly PackageProblem[] {
  const [first, ...others] = new Set(paths);
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const message = `${first}${more}: too large to be checked for syntax and imports; at most 1 MiB of one file and 2 MiB in all are read`;
  return [{ code: null, level: "warning", file: first, line: null, message }];
}
