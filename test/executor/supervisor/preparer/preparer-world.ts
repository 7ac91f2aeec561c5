import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readHostRoots } from "../../../../executor/src/child/host-roots.ts";
import { preparerSettings } from "../../../../executor/src/between/preparer-settings.ts";
import type { HeldPackage } from "../../../../executor/src/between/preparation.ts";
import { findEsbuild, findNpm } from "../../../../executor/src/runtime-files.ts";
import { openPreparer, type Preparer } from "../../../../executor/src/supervisor/preparer/preparer.ts";
import { jobLimits, type JobLimits } from "../../../../executor/src/supervisor/preparer/preparer-process.ts";
import type { Separation } from "../../../../executor/src/supervisor/workers/open-places.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";
import { programs } from "../../../support/servers.ts";
import { testRuntime } from "../../run-package.ts";

/** The shipped program of a preparer. */
const preparerProgram = fileURLToPath(new URL("../../../../executor/src/preparer/preparer-main.ts", import.meta.url));
/** One that someone has taken over. */
export const stolenPreparer = fileURLToPath(new URL("stolen-preparer.ts", import.meta.url));

/** How executors of this user keep preparers from themselves. */
const ownSeparation: Separation =
  process.getuid?.() === 0 ? { kind: "own-user", users: [71_950, 71_951] } : { kind: "own-namespaces" };

/** One attempt whose package is prepared. */
interface Preparation {
  readonly lines: string[];
  readonly stop: AbortController;
  readonly done: Promise<HeldPackage>;
}

/** A preparer over caches in a folder, with the sandbox of this machine. */
export interface PreparerWorld {
  readonly preparer: Preparer;
  readonly cacheDir: string;
  readonly logged: string[];
  prepare(files: Readonly<Record<string, string>>): Preparation;
}

export async function openWorld(
  root: string,
  given: {
    readonly program?: string;
    readonly dependencies?: object;
    readonly limits?: Partial<JobLimits>;
    readonly separation?: Separation;
  } = {},
): Promise<PreparerWorld> {
  const logged: string[] = [];
  const cacheDir = join(root, "cache");
  const preparer = await openPreparer({
    settings: preparerSettings.parse({
      sandbox: { kind: "bubblewrap", program: programs().bwrap, hostRoots: await readHostRoots(), hidden: [] },
      runtime: testRuntime(),
      npm: findNpm(),
      esbuild: findEsbuild(),
      dependencies: given.dependencies ?? {},
    }),
    cacheDir,
    program: given.program ?? preparerProgram,
    log: { warn: (_, message) => void logged.push(message), error: (_, message) => void logged.push(message) },
    separation: given.separation ?? ownSeparation,
    limits: { ...jobLimits, ...given.limits },
  });
  return {
    preparer,
    cacheDir,
    logged,
    prepare: (files) => {
      const { attempt } = makeAttempt({ files });
      const lines: string[] = [];
      const stop = new AbortController();
      const say = (level: string, text: string): void => void lines.push(`${level}: ${text}`);
      return { lines, stop, done: preparer.prepare(attempt, { say, signal: stop.signal }) };
    },
  };
}
