import { SealrunError } from "@sealrun/protocol";
import { mkdir, mkdtemp, readdir, rename } from "node:fs/promises";
import { join, relative } from "node:path";
import { isTypeScript } from "../child/command.ts";
import { removeFolder } from "../workspace/remove-folder.ts";
import { compileBundles, type Compiler, stripTypes } from "./compile.ts";

/** Raise it when the compiler's version or options change: older results are then not found. */
const cacheForm = "esbuild-0.28.2-2";

/** What to compile and where results are kept. */
export interface BundleOptions {
  readonly compiler: Compiler;
  /** The package's files as they were uploaded, no script having run there. */
  readonly source: string;
  /** Paths of all files in the package. */
  readonly files: readonly string[];
  /** The scripts that run as steps; those that are not TypeScript are left alone. */
  readonly scripts: readonly string[];
  /** A private folder of the executor's. */
  readonly cacheDir: string;
  /** Imports of packages are left to Node, which finds them in `node_modules`. */
  readonly hasNodeModules?: boolean;
  /** The package version's SHA-256 in hex. */
  readonly versionDigest: string;
}

/** A compiled file: where it belongs in the package, and where it lies now. */
export interface CompiledFile {
  readonly path: string;
  readonly cachedPath: string;
}

/**
 * Compiles a package version's TypeScript once: each script to its bundle, every other file stripped of its types under
 * its own name. Gives what to lay over the package; throws `BUNDLE_FAILED` naming file, line, column and reason.
 */
export async function bundleScripts(options: BundleOptions): Promise<readonly CompiledFile[]> {
  const { compiler, source, cacheDir, versionDigest } = options;
  const scripts = options.scripts.filter(isTypeScript);
  const toStrip = options.files.filter(canBeNamed);
  if (scripts.length === 0 && toStrip.length === 0) return [];
  if (!/^[0-9a-f]{64}$/.test(versionDigest)) throw new SealrunError("MALFORMED", "Expected a version's SHA-256 in hex");

  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const cached = join(cacheDir, `${versionDigest}-${cacheForm}`);
  const found = await listFiles(cached);
  if (found.length > 0) return found;

  const output = await mkdtemp(join(cacheDir, "new-"));
  try {
    const folders = { source, output };
    await stripTypes(compiler, folders, toStrip);
    await compileBundles(compiler, { ...folders, hasNodeModules: options.hasNodeModules ?? false }, scripts);
    await moveInto(output, cached);
  } finally {
    await removeFolder(output);
  }
  return listFiles(cached);
}

/** A worker's URL or a fork can name it. Declarations hold nothing to run, and Node runs no TypeScript in `node_modules`. */
function canBeNamed(path: string): boolean {
  const isDeclaration = path.endsWith(".d.ts") || path.endsWith(".d.mts");
  return isTypeScript(path) && !isDeclaration && !path.split("/").includes("node_modules");
}

/** Two runs of one version may compile at once: the second one's result is the same, and is dropped. */
async function moveInto(output: string, cached: string): Promise<void> {
  try {
    await rename(output, cached);
  } catch (error) {
    if ((await listFiles(cached)).length === 0) throw error;
  }
}

async function listFiles(folder: string): Promise<readonly CompiledFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((cachedPath) => ({ path: relative(folder, cachedPath), cachedPath }));
}
