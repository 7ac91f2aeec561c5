import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "@sealrun/crypto";
import {
  countOf,
  dependencyFiles,
  findDependencies,
  type NpmInstall,
  type PackageDependencies,
} from "@sealrun/protocol";
import type { CachedFolder, FolderCache } from "./folder-cache.ts";
import { installNpm, type InstallRequest } from "./install-npm.ts";
import { installPip, type WheelFile } from "./install-pip.ts";
import type { InstallPrograms } from "./installer.ts";
import { measureFolder } from "./measure-folder.ts";
import { readPythonVersion } from "./python-version.ts";
import type { DependencySettings } from "./settings.ts";

/** Installs what packages need, once per lock file. */
export interface Dependencies {
  /**
   * Installs what a version needs, or finds it in the cache. Throws `PACKAGE_INVALID`, `DEPENDENCIES_FAILED`,
   * `REGISTRY_UNREACHABLE` or `CANCELLED`.
   */
  prepare(run: DependencyRun): Promise<PreparedDependencies>;
}

/** The attempt that needs them. */
interface DependencyRun {
  readonly files: readonly { readonly path: string; readonly cachedPath: string }[];
  /** Writes a line into the run's log. */
  readonly say: (level: "info" | "error", text: string) => Promise<void>;
  /** Ends an install. */
  readonly signal: AbortSignal;
}

/** Folders on the host with the dependencies of a version; they stay until `release`. */
interface PreparedDependencies {
  /** True when Node finds packages beside the scripts: uploaded or installed. */
  readonly hasNodeModules: boolean;
  readonly nodeModules: string | undefined;
  readonly python: string | undefined;
  readonly release: () => Promise<void>;
}

/** Raise it when the layout of an install changes, so that older results are not used. */
const form = 2;
const shownLines = 8;

/** Opens the installer over a cache; `scratch` is a folder for short-lived ones. */
export function openDependencies(options: {
  readonly programs: InstallPrograms;
  readonly settings: DependencySettings;
  readonly cache: Pick<FolderCache, "acquire">;
  readonly scratch: string;
}): Dependencies {
  let pythonVersion: Promise<string> | undefined;
  const context = {
    ...options,
    pythonVersion: async () => {
      pythonVersion ??= readPythonVersion(options.programs, options.scratch);
      return pythonVersion.catch((error: unknown) => {
        pythonVersion = undefined;
        throw error;
      });
    },
  };
  return {
    prepare: async (run) => {
      const needed = await readDependencies(run.files);
      const node = needed.node?.kind === "install" ? await prepareNode(context, run, needed.node.install) : undefined;
      try {
        const python = needed.python === undefined ? undefined : await preparePython(context, run, needed.python);
        return {
          hasNodeModules: needed.node !== undefined,
          nodeModules: node === undefined ? undefined : join(node.path, "node_modules"),
          python: python === undefined ? undefined : join(python.path, "python"),
          release: async () => {
            await node?.release();
            await python?.release();
          },
        };
      } catch (error) {
        await node?.release();
        throw error;
      }
    },
  };
}

interface InstallContext {
  readonly programs: InstallPrograms;
  readonly settings: DependencySettings;
  readonly cache: Pick<FolderCache, "acquire">;
  readonly pythonVersion: () => Promise<string>;
}

async function readDependencies(files: DependencyRun["files"]): Promise<PackageDependencies> {
  const read = new Map<string, Uint8Array>();
  for (const { path, cachedPath } of files)
    if (dependencyFiles.includes(path)) read.set(path, await readFile(cachedPath));
  return findDependencies(
    files.map(({ path }) => path),
    (path) => read.get(path),
  );
}

async function prepareNode(context: InstallContext, run: DependencyRun, install: NpmInstall): Promise<CachedFolder> {
  const key = keyOf("npm", [
    process.version,
    machine,
    context.settings.npmRegistry,
    install.packageJson,
    install.lockJson,
  ]);
  return acquire(context, run, { key, what: `${countOf(install.count, "package")} of package-lock.json` }, (request) =>
    installNpm(request, install),
  );
}

async function preparePython(
  context: InstallContext,
  run: DependencyRun,
  needed: NonNullable<PackageDependencies["python"]>,
): Promise<CachedFolder> {
  const { requirements } = needed;
  const wheels: (WheelFile & { readonly sha256: string })[] = [];
  for (const file of run.files) {
    if (needed.wheels.includes(file.path)) wheels.push({ ...file, sha256: sha256Hex(await readFile(file.cachedPath)) });
  }
  const source =
    wheels.length > 0
      ? wheels.map(({ path, sha256 }) => `${path} ${sha256}`).toSorted()
      : [context.settings.pipIndexUrl];
  const key = keyOf("pip", [await context.pythonVersion(), machine, requirements.text, ...source]);
  const from = wheels.length > 0 ? ", from wheels/" : "";
  const what = `${countOf(requirements.pins.length, "package")} of requirements.txt${from}`;
  return acquire(context, run, { key, what }, (request) => installPip(request, needed, wheels));
}

async function acquire(
  { cache, programs, settings }: InstallContext,
  { say, signal }: DependencyRun,
  { key, what }: { readonly key: string; readonly what: string },
  install: (request: InstallRequest) => Promise<void>,
): Promise<CachedFolder> {
  const showLines: InstallRequest["showLines"] = async (lines) => {
    for (const line of shorten(lines)) await say("error", line);
  };
  return cache.acquire(
    key,
    async (folder, content) => {
      await say("info", `Installing ${what}`);
      const startedAt = performance.now();
      await install({ programs, settings, folder, content, signal, showLines });
      const bytes = await measureFolder(content);
      await say("info", `Installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, cached`);
      return { bytes };
    },
    signal,
  );
}

/** npm says what is wrong at the start, pip at the end. */
function shorten(lines: readonly string[]): readonly string[] {
  return lines.length <= 2 * shownLines ? lines : [...lines.slice(0, shownLines), "…", ...lines.slice(-shownLines)];
}

const machine = `${process.platform}-${process.arch}`;

function keyOf(kind: "npm" | "pip", parts: readonly string[]): string {
  return `${kind}-${sha256Hex(new TextEncoder().encode(JSON.stringify([form, kind, ...parts])))}`;
}
