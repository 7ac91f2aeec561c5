import { SealrunError } from "@sealrun/protocol";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { bundlePath, isTypeScript } from "../child/command.ts";
import { removeFolder } from "../workspace/remove-folder.ts";
import { compileBundles, compiledIn, type CompileFolders, type Compiler, stripTypes } from "./compile.ts";
import { inlineSourceMap, moveSourceMap } from "./source-map.ts";
import { scopeSources } from "./source-scope.ts";

/** Raise it when the compiler's version or options change, so that older results are not used. */
const cacheForm = "esbuild-0.28.2-4";

/** What to compile and where results are kept. */
export interface BundleOptions {
  readonly compiler: Compiler;
  /** The folder of the package's files as they were uploaded; no script may have run there. */
  readonly source: string;
  /** Paths of all files in the package. */
  readonly files: readonly string[];
  /** The scripts that run as steps; those that are not TypeScript are ignored. */
  readonly scripts: readonly string[];
  /** A private folder of the executor. */
  readonly cacheDir: string;
  /** Imports of packages are left to Node, which finds them in `node_modules`. */
  readonly hasNodeModules?: boolean;
  /** The package version's SHA-256 in hex. */
  readonly versionDigest: string;
}

/** A compiled file: its path in the package, and where it is now. */
export interface CompiledFile {
  readonly path: string;
  readonly cachedPath: string;
}

/**
 * Compiles a package version's TypeScript once: each script becomes a bundle, and every other file keeps its name and
 * loses its types. Returns the files to put over the package; throws `BUNDLE_FAILED` with file, line, column and
 * reason.
 */
export async function bundleScripts(options: BundleOptions): Promise<readonly CompiledFile[]> {
  const { compiler, source, cacheDir, versionDigest } = options;
  const scripts = options.scripts.filter(isTypeScript);
  const toStrip = options.files.filter(canBeNamed);
  if (scripts.length === 0 && toStrip.length === 0) return [];
  if (!/^[0-9a-f]{64}$/.test(versionDigest)) throw new SealrunError("MALFORMED", "Expected a version's SHA-256 in hex");

  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const cached = join(cacheDir, bundleName(versionDigest));
  const found = await listCompiled(cached);
  if (found.length > 0) return found;

  const output = await mkdtemp(join(cacheDir, "new-"));
  try {
    const folders = { source, output };
    await stripTypes(compiler, folders, toStrip);
    await compileBundles(compiler, { ...folders, hasNodeModules: options.hasNodeModules ?? false }, scripts);
    const compiled = { output, seen: compiledIn(compiler, folders) };
    for (const path of toStrip) await finishStripped(path, compiled);
    for (const script of scripts) await finishBundle(script, compiled, new Set(options.files));
    await moveInto(output, cached);
  } finally {
    await removeFolder(output);
  }
  return listCompiled(cached);
}

/** The name of the folder with the compiled files of a version. */
export function bundleName(versionDigest: string): string {
  return `${versionDigest}-${cacheForm}`;
}

/** Whether something of a package is compiled. */
export function isCompiled({ files, scripts }: Pick<BundleOptions, "files" | "scripts">): boolean {
  return scripts.some(isTypeScript) || files.some(canBeNamed);
}

/**
 * Whether a worker or a fork can name the file. Declarations have no code, and Node runs no TypeScript in
 * `node_modules`.
 */
function canBeNamed(path: string): boolean {
  const isDeclaration = path.endsWith(".d.ts") || path.endsWith(".d.mts");
  return isTypeScript(path) && !isDeclaration && !path.split("/").includes("node_modules");
}

interface Compiled {
  readonly output: string;
  /** The folders as source maps name them. */
  readonly seen: CompileFolders;
}

/** Puts the source map into the file: no further file has to lie beside it. */
async function finishStripped(path: string, { output, seen }: Compiled): Promise<void> {
  const file = join(output, path);
  const map = moveSourceMap(await readFile(`${file}.map`, "utf8"), path, seen);
  await appendFile(file, inlineSourceMap(map));
  await rm(`${file}.map`);
}

/** Finishes a bundle and its source map. Who names the script itself, such as its own workers, gets the bundle too. */
async function finishBundle(script: string, { output, seen }: Compiled, files: ReadonlySet<string>): Promise<void> {
  const path = bundlePath(script);
  const file = join(output, path);
  await writeFile(`${file}.map`, moveSourceMap(await readFile(`${file}.map`, "utf8"), path, seen));
  await writeFile(file, scopeSources(await readFile(file, "utf8"), { script, files }));
  const from = JSON.stringify(`./${basename(path)}`);
  const text = `export * from ${from};\nimport * as bundle from ${from};\nexport default bundle.default;\n`;
  await writeFile(join(output, script), text);
}

/** Two runs of one version may compile at the same time: the second result is the same and is dropped. */
async function moveInto(output: string, cached: string): Promise<void> {
  try {
    await rename(output, cached);
  } catch (error) {
    if ((await listCompiled(cached)).length === 0) throw error;
  }
}

/** The files of such a folder; none when it is missing. */
export async function listCompiled(folder: string): Promise<readonly CompiledFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((cachedPath) => ({ path: relative(folder, cachedPath), cachedPath }));
}
