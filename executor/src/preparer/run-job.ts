import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BundleOptions, bundleScripts } from "../bundle/bundle.ts";
import type { FromPreparer, PreparerJob } from "../between/preparer-frames.ts";

import { openDependencies } from "../dependencies/dependencies.ts";
import type { FolderCache } from "../dependencies/folder-cache.ts";
import { givenSandbox } from "../machine/given-sandbox.ts";
import { createWorkspace } from "../workspace/workspace.ts";

/** What a job tells and asks while it runs. */
export interface JobLink {
  readonly send: (frame: FromPreparer) => void;
  /** Asks whether this process installs what a key stands for; false when it is there, once it is. */
  readonly mustMake: (key: string) => Promise<boolean>;
}

/**
 * Installs what a version needs and compiles its TypeScript, all below the job's folder: each install in a folder with
 * the name of its key, what was compiled in `bundles`. Fails as `Dependencies.prepare` and `bundleScripts` do.
 */
export async function runJob(job: PreparerJob, link: JobLink): Promise<Extract<FromPreparer, { t: "done" }>> {
  const { settings, folder, filesDir, scripts, versionDigest, compile } = job;
  const { runtime, npm, esbuild } = settings;
  const sandbox = givenSandbox(settings.sandbox);
  const files = job.files.map(({ path, sha256 }) => ({ path, cachedPath: join(filesDir, sha256) }));
  link.send({ t: "begins", part: "dependencies" });
  const dependencies = openDependencies({
    programs: {
      sandbox,
      node: runtime.node,
      npm,
      python: runtime.python,
      pipWheel: settings.dependencies.pip ?? undefined,
    },
    settings: settings.dependencies,
    cache: cacheOfSupervisor(folder, link),
    scratch: folder,
  });
  const { hasNodeModules } = await dependencies.prepare({
    files,
    say: async (level, text) => link.send({ t: "say", level, text }),
    // The supervisor ends the process.
    signal: new AbortController().signal,
  });
  if (!compile) return { t: "done", hasNodeModules, compiled: false };

  link.send({ t: "begins", part: "scripts" });
  const source = await createWorkspace({ root: folder, executionId: "source", attempt: 1, files });
  const options: BundleOptions = {
    compiler: { bubblewrap: sandbox.kind === "none" ? undefined : sandbox.program, esbuild },
    source: source.folder,
    files: files.map(({ path }) => path),
    scripts,
    cacheDir: join(folder, "bundles"),
    hasNodeModules,
    versionDigest,
  };
  const compiled = await bundleScripts(options);
  return { t: "done", hasNodeModules, compiled: compiled.length > 0 };
}

/** A cache that the supervisor keeps: what is made here, it moves there. */
function cacheOfSupervisor(folder: string, link: JobLink): Pick<FolderCache, "acquire"> {
  return {
    acquire: async (key, make) => {
      const content = join(folder, key);
      if (await link.mustMake(key)) {
        const work = join(folder, `work-${key}`);
        for (const made of [work, content]) await mkdir(made, { mode: 0o700 });
        const { bytes } = await make(work, content);
        link.send({ t: "made", key, bytes });
      }
      return { path: content, release: async () => undefined };
    },
  };
}
