import { access } from "node:fs/promises";
import { join } from "node:path";
import { dependencyFiles, type FileList, SealrunError } from "@sealrun/protocol";
import type { HeldPackage, Say } from "../../between/preparation.ts";
import type { PreparerSettings } from "../../between/preparer-settings.ts";
import { bundleName, isCompiled } from "../../bundle/bundle.ts";
import { type CachedFolder, openFolderCache } from "../../dependencies/folder-cache.ts";
import type { AttemptLog } from "../../between/attempt-log.ts";
import { makeReadableFolder } from "../../workspace/readable-folder.ts";
import { removeLeftovers } from "../../workspace/remove-leftovers.ts";
import { doJob, type JobPlaces, ofMachine, type Prepared } from "./do-job.ts";
import { type FetchingAttempt, openPackageFiles } from "./package-files.ts";
import { type JobLimits, jobLimits } from "./preparer-process.ts";
import { openPlaces, type Separation } from "../workers/open-places.ts";
import { createSharedJobs } from "./shared-jobs.ts";

/** Makes package versions ready to run: their files, what they depend on, and what is compiled. */
export interface Preparer {
  /**
   * Prepares the version of an attempt, or finds that it is. Two attempts that need the same wait for one job. Fails with
   * `PACKAGE_INVALID`, `DEPENDENCIES_FAILED`, `REGISTRY_UNREACHABLE`, `BUNDLE_FAILED`, what is this machine's fault, or
   * `CANCELLED` after `signal`.
   */
  prepare(attempt: FetchingAttempt, given: { readonly say: Say; readonly signal: AbortSignal }): Promise<HeldPackage>;
  /** How many jobs were begun, and how many processes were lost. */
  readonly counts: () => { readonly jobs: number; readonly lost: number };
  /** Ends all jobs. */
  close(): Promise<void>;
}

/** What is known of versions without asking a process: so many of them. */
const knownVersions = 10_000;
/** How often a version is prepared whose folders are removed meanwhile. */
const maxTries = 3;

/** Opens the caches below `cacheDir`. This process is the only one that writes results there. */
export async function openPreparer(options: {
  readonly settings: PreparerSettings;
  readonly cacheDir: string;
  /** The first file of a preparer's process. */
  readonly program: string;
  readonly log: AttemptLog;
  /** What keeps preparers from their supervisor, and from each other. */
  readonly separation: Separation;
  readonly limits?: JobLimits;
}): Promise<Preparer> {
  const { settings, cacheDir, program, log } = options;
  const filesDir = join(cacheDir, "files");
  const places: JobPlaces = {
    root: join(cacheDir, "preparing"),
    cache: await openFolderCache(join(cacheDir, "dependencies"), settings.dependencies.cacheBytes),
    bundles: join(cacheDir, "bundles"),
    program,
    limits: options.limits ?? jobLimits,
    places: openPlaces(options.separation),
  };
  await makeReadableFolder(places.bundles);
  await removeLeftovers(places.root);
  const packageFiles = await openPackageFiles(filesDir);
  const known = new Map<string, Prepared>();
  let jobs = 0;
  let lost = 0;
  const shared = createSharedJobs(async ({ versionDigest, files, scripts }, { say, signal }) => {
    jobs += 1;
    const paths = files.map(({ path }) => path);
    const order = {
      settings,
      filesDir,
      files: files.map(({ path, sha256 }) => ({ path, sha256 })),
      scripts: [...scripts],
      versionDigest,
      compile: isCompiled({ files: paths, scripts }) && !(await hasBundle(versionDigest)),
    };
    const onLost = (how: string): void => {
      lost += 1;
      log.warn({ version: versionDigest }, `The process of a preparer ${how}`);
    };
    const { prepared, held } = await doJob(places, order, { say, signal, onLost });
    const isBundled = prepared.isCompiled || (isCompiled({ files: paths, scripts }) && !order.compile);
    known.delete(versionDigest);
    known.set(versionDigest, { ...prepared, isCompiled: isBundled });
    const [oldest] = known.keys();
    if (known.size > knownVersions && oldest !== undefined) known.delete(oldest);
    return async () => releaseAll(held);
  });

  const bundleOf = (versionDigest: string): string => join(places.bundles, bundleName(versionDigest));
  const hasBundle = async (versionDigest: string): Promise<boolean> =>
    access(bundleOf(versionDigest)).then(
      () => true,
      () => false,
    );
  /** A version that is ready, with its installs held; undefined when a process must prepare it. */
  const take = async (versionDigest: string, files: FileList, scripts: readonly string[]) => {
    const ready = known.get(versionDigest) ?? readyFrom(files, scripts);
    if (ready === undefined) return undefined;
    if (ready.isCompiled && !(await hasBundle(versionDigest))) return forget(versionDigest);
    const held: CachedFolder[] = [];
    const folders: { nodeModules?: string; python?: string } = {};
    for (const [name, key, within] of [
      ["nodeModules", ready.npm, "node_modules"],
      ["python", ready.pip, "python"],
    ] as const) {
      if (key === undefined) continue;
      const used = await places.cache.use(key);
      if (used === undefined) {
        await releaseAll(held);
        return forget(versionDigest);
      }
      held.push(used);
      folders[name] = join(used.path, within);
    }
    return {
      files,
      hasNodeModules: ready.hasNodeModules,
      ...folders,
      ...(ready.isCompiled ? { bundle: bundleOf(versionDigest) } : {}),
      release: async () => releaseAll(held.splice(0)),
    };
  };
  const forget = (versionDigest: string): undefined => {
    known.delete(versionDigest);
  };

  return {
    prepare: async (attempt, { say, signal }) => {
      try {
        const { version, steps } = attempt.event;
        const files = await packageFiles.fetch(attempt);
        const scripts = steps.map(({ script }) => script);
        const ready = await take(version.digest, files, scripts);
        if (ready !== undefined) return ready;
        for (let tries = 0; tries < maxTries; tries += 1) {
          await using job = shared.join({ versionDigest: version.digest, files, scripts }, say);
          await job.wait(signal);
          const taken = await take(version.digest, files, scripts);
          if (taken !== undefined) return taken;
        }
      } catch (error) {
        const failure = ofMachine(error);
        if (failure.code === "INTERNAL") log.error({ err: error }, "A package could not be prepared");
        throw failure;
      }
      throw new SealrunError("MACHINE_FAILED", "The prepared folder of a package was removed while it was needed");
    },
    counts: () => ({ jobs, lost }),
    close: async () => shared.close(),
  };
}

/** What needs no process: without lock files and TypeScript, names say everything. */
function readyFrom(files: FileList, scripts: readonly string[]): Prepared | undefined {
  const paths = files.map(({ path }) => path);
  if (paths.some((path) => dependencyFiles.includes(path)) || isCompiled({ files: paths, scripts })) return undefined;
  const hasNodeModules = paths.some((path) => path.startsWith("node_modules/"));
  return { hasNodeModules, npm: undefined, pip: undefined, isCompiled: false };
}

async function releaseAll(held: readonly CachedFolder[]): Promise<void> {
  for (const { release } of held) await release();
}
