import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultStepLimits, type ExecutionEvent, maxStepLimits, SealrunError } from "@sealrun/protocol";
import { sharedNow } from "../../../../executor/src/between/shared-now.ts";
import { type WorkerSettings, workerSettings } from "../../../../executor/src/between/worker-settings.ts";
import { dependencySettings } from "../../../../executor/src/dependencies/settings.ts";
import { readHostRoots } from "../../../../executor/src/child/host-roots.ts";
import { findEsbuild, findNpm } from "../../../../executor/src/runtime-files.ts";
import { openPreparer, type Preparer } from "../../../../executor/src/supervisor/preparer/preparer.ts";
import { createAttemptRpc } from "../../../../executor/src/supervisor/grants/attempt-rpc.ts";
import { openGrant } from "../../../../executor/src/supervisor/grants/open-grant.ts";
import type { WorkerPool } from "../../../../executor/src/supervisor/workers/worker-pool.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";
import { programs } from "../../../support/servers.ts";
import { testRuntime } from "../../run-package.ts";

/** The shipped program of a worker. */
export const workerProgram = fileURLToPath(new URL("../../../../executor/src/worker/process/main.ts", import.meta.url));

/** The shipped program of a preparer. */
const preparerProgram = fileURLToPath(new URL("../../../../executor/src/preparer/preparer-main.ts", import.meta.url));

/** Stands in for a worker that someone has taken over. */
export const stolenProgram = fileURLToPath(new URL("stolen-worker.ts", import.meta.url));

/** Settings for workers below a folder that run scripts without a sandbox, or in one. */
export async function makeSettings(
  folder: string,
  given: { readonly isSandboxed?: boolean; readonly warmRunners?: boolean } = {},
): Promise<WorkerSettings> {
  const bubblewrap = { kind: "bubblewrap", program: programs().bwrap, hostRoots: await readHostRoots(), hidden: [] };
  const settings = workerSettings.parse({
    sandbox: given.isSandboxed === true ? bubblewrap : { kind: "none" },
    warmRunners: given.warmRunners ?? true,
    runtime: testRuntime(),
    workDir: join(folder, "work"),
    cacheDir: join(folder, "cache"),
    allowsHost: false,
    requiresNetwork: false,
    pipesDir: join(folder, "pipes"),
    stepLimits: { defaults: defaultStepLimits, max: maxStepLimits },
  });
  await mkdir(settings.workDir, { recursive: true });
  return settings;
}

/** A preparer with the caches of these workers. */
export async function makePreparer({ sandbox, runtime, cacheDir }: WorkerSettings): Promise<Preparer> {
  return openPreparer({
    settings: {
      sandbox,
      runtime,
      npm: findNpm(),
      esbuild: findEsbuild(),
      dependencies: dependencySettings.parse({}),
    },
    cacheDir,
    program: preparerProgram,
    separation: { kind: "shared" },
    log: { warn: () => undefined, error: () => undefined },
  });
}

/** One attempt in a worker. */
export interface Run {
  /** How the attempt ended: its outcome, or the code of an error and its sentence. */
  readonly end: Promise<unknown>;
  /** What was reported, as the supervisor gets it. */
  readonly items: string[];
  /** The attempts that the worker's lookups were about. */
  readonly refs: object[];
  readonly stop: AbortController;
}

/** Gives one attempt to a worker, or to a pool. */
export function runOne(
  worker: Pick<WorkerPool, "run"> & { readonly preparer: Preparer },
  attempt: { readonly config?: ExecutionEvent["config"]; readonly files?: Readonly<Record<string, string>> },
  given: { readonly leaseMs?: number; readonly slowReports?: boolean } = {},
): Run {
  const peer = makeAttempt(attempt);
  const { claimed, event, override } = peer;
  const refs: object[] = [];
  const { lookup } = claimed.rpc;
  override.lookup = async (request) => {
    refs.push({ executionId: request.executionId, attempt: request.attempt });
    delete override.lookup;
    return lookup(request);
  };
  const stop = new AbortController();
  const rpc = createAttemptRpc(claimed, stop.signal);
  const items: string[] = [];
  const end = worker
    .run(
      {
        event,
        ref: claimed.ref,
        grant: openGrant(peer.grantFrame, event, { ...claimed, attempt: claimed.ref.attempt }),
        keyring: claimed.keyring,
        linesPerSecond: 2_000,
        deadline: sharedNow() + (given.leaseMs ?? 60_000),
      },
      {
        rpc,
        prepare: async (say) => worker.preparer.prepare({ event, rpc }, { say, signal: stop.signal }),
        report: async (piece) => {
          if (given.slowReports === true) await new Promise(() => undefined);
          items.push(Buffer.from(piece.items).toString());
        },
        signal: stop.signal,
        onDeadline: () => () => undefined,
      },
    )
    .catch((error: unknown) => (error instanceof SealrunError ? [error.code, error.message] : error));
  return { end, items, refs, stop };
}
