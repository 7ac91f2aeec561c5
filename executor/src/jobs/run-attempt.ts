import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fromBase64, type Identity } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { NatsLink } from "@sealrun/nats";
import { type ClaimReply, type Failure, type FinishRequest, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import { bundleScripts } from "../bundle/bundle.ts";
import type { Compiler } from "../bundle/compile.ts";
import type { Runtime } from "../child/layout.ts";
import type { Sandbox } from "../child/run-step.ts";
import type { Dependencies, PreparedDependencies } from "../dependencies/dependencies.ts";
import { createMasker, type Masker } from "../mask/masker.ts";
import { createWorkspace, type Workspace } from "../workspace/workspace.ts";
import type { Attempt } from "./attempt.ts";
import type { Control } from "./control.ts";
import type { Ends } from "./ends.ts";
import { keepLease } from "./lease.ts";
import { openGrant } from "./open-grant.ts";
import { openParameters } from "./open-parameters.ts";
import type { PackageFiles } from "./package-files.ts";
import { createPatientRpc } from "./patient-rpc.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { runSteps } from "./run-steps.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import { createState } from "./state.ts";

/** What running an attempt needs beside the attempt. */
export interface RunDeps {
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly sandbox: Sandbox;
  readonly runtime: Runtime;
  readonly compiler: Compiler;
  readonly files: PackageFiles;
  readonly dependencies: Dependencies;
  readonly workDir: string;
  readonly bundleDir: string;
  readonly log: Logger;
  readonly control: Pick<Control, "watch">;
  readonly ends: Pick<Ends, "deliver">;
  /** Aborts when a drain has waited long enough. */
  readonly endRuns: AbortSignal;
}

/** A claimed execution whose grant is still closed. */
export type ClaimedAttempt = Omit<Attempt, "grant">;

/** What the platform answered a claim with: `askedAt` is on the steady clock, `grant` the keyring's frame in base64. */
export type AnsweredClaim = Pick<ClaimReply, "leaseMs" | "grant"> & { readonly askedAt: number };

/**
 * Runs a claimed execution to its end and tells the platform; a grant that cannot be opened is such an end. Call the
 * returned function once its event is out of the queue. Throws `LEASE_LOST` when the attempt is not ours any more.
 */
export async function runAttempt(
  deps: RunDeps,
  attempt: ClaimedAttempt,
  { leaseMs, askedAt, grant }: AnsweredClaim,
): Promise<() => Promise<void>> {
  const lease = keepLease(attempt.rpc, attempt.held, leaseMs, askedAt);
  const unwatch = deps.control.watch(attempt.held, lease.cancel);
  const reporter = createReporter({ ...deps, held: attempt.held, signal: lease.signal });
  try {
    const signal = AbortSignal.any([lease.signal, lease.cancelled, deps.endRuns]);
    const rpc = createPatientRpc(attempt.rpc, signal);
    const failure = await runInWorkspace(deps, { claimed: { ...attempt, rpc }, grant }, reporter, signal);
    if (!lease.endRun()) throw new SealrunError("LEASE_LOST", "The attempt's lease ended before its run did");
    const reported = reporter.finish();
    const { lastSequence } = reported;
    const end = endOf(failure, lease.cancelled.aborted);
    return await deps.ends.deliver({ ...attempt.held, ...end, lastSequence }, reported);
  } finally {
    unwatch();
    lease.stop();
  }
}

/** A script that failed by itself just before its cancel has failed. */
function endOf(failure: Failure | undefined, isCancelled: boolean): Pick<FinishRequest, "status" | "error"> {
  if (failure === undefined) return { status: "succeeded" };
  const failedItself = failure.code === "SCRIPT_FAILED" || failure.code === "SCRIPT_TIMED_OUT";
  return { status: isCancelled && !failedItself ? "cancelled" : "failed", error: failure };
}

/**
 * Opens, prepares, runs and cleans up. Whatever goes wrong before the first script is the attempt's failure too: thrown,
 * it would leave a claimed execution to its lease.
 */
async function runInWorkspace(
  deps: RunDeps,
  { claimed, grant }: { readonly claimed: ClaimedAttempt; readonly grant: string },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const masker = createMasker();
  let workspace: Workspace | undefined;
  let installed: PreparedDependencies | undefined;
  const say = async (level: string, text: string): Promise<void> =>
    reporter.report({ type: "log", step: null, stream: "system", level, text, time: Date.now() });
  try {
    const attempt = openAttempt(deps, claimed, grant);
    if (deps.sandbox.kind === "none") await say("warning", "This executor runs scripts without a sandbox");
    const files = await deps.files.list(attempt);
    installed = await deps.dependencies.prepare({ files, signal, say });
    workspace = await prepareWorkspace(deps, attempt, files, installed);
    crashPoint("executor.workspace.ready");
    const secrets = createSecrets(attempt);
    await maskFromTheStart(attempt, secrets, masker);
    const parametersFile = await readFile(join(workspace.folder, "parameters.json")).catch(() => undefined);
    const params = openParameters(attempt, parametersFile);
    return await runSteps({
      ...deps,
      attempt,
      workspace,
      installed,
      secrets,
      state: createState(attempt),
      masker,
      params,
      report: reporter.report,
      signal,
    });
  } catch (error) {
    const failure = toSealrunError(error);
    if (failure.code === "INTERNAL" || failure.code === "DISK_FULL")
      deps.log.error({ err: error, ...claimed.held }, "An attempt failed");
    const said = { code: failure.code, message: masker.maskText(failure.message) };
    await say("error", said.message);
    return said;
  } finally {
    if (workspace !== undefined) await removeWorkspace(deps, claimed, workspace);
    if (installed !== undefined) await releaseDependencies(deps, claimed, installed);
  }
}

function openAttempt({ log }: Pick<RunDeps, "log">, claimed: ClaimedAttempt, frame: string): Attempt {
  const { event, held, keyring, executorId, box } = claimed;
  try {
    const grant = openGrant(fromBase64(frame), event, { keyring, executorId, box, attempt: held.attempt });
    crashPoint("executor.grant.opened");
    return { ...claimed, grant };
  } catch (error) {
    log.error({ err: error, ...held }, "A grant cannot be opened; its attempt fails");
    throw error;
  }
}

/** What cannot be removed is a matter of this machine: it changes nothing of how the run ended. */
async function removeWorkspace(
  { log }: Pick<RunDeps, "log">,
  { held }: ClaimedAttempt,
  workspace: Workspace,
): Promise<void> {
  try {
    await workspace.remove();
  } catch (error) {
    log.warn(
      { err: error, ...held, folder: workspace.scratch },
      "A run's folder cannot be removed; remove it by hand if the next start of the executor does not",
    );
  }
}

/** A use that is left counts until this process ends: the folder stays in the cache for so long. */
async function releaseDependencies(
  { log }: Pick<RunDeps, "log">,
  { held }: ClaimedAttempt,
  installed: PreparedDependencies,
): Promise<void> {
  try {
    await installed.release();
  } catch (error) {
    log.warn({ err: error, ...held }, "The installed dependencies of a run cannot be given back to the cache");
  }
}

async function prepareWorkspace(
  deps: RunDeps,
  attempt: Attempt,
  files: Awaited<ReturnType<PackageFiles["list"]>>,
  installed: PreparedDependencies,
): Promise<Workspace> {
  const { event, held } = attempt;
  const workspace = await createWorkspace({
    root: deps.workDir,
    ...held,
    files,
    ...(deps.sandbox.kind === "none" ? { linkedSdk: deps.runtime.sdk } : {}),
  });
  try {
    if (deps.sandbox.kind === "none" && installed.nodeModules !== undefined) {
      await symlink(installed.nodeModules, join(workspace.folder, "node_modules"));
    }
    const bundles = await bundleScripts({
      compiler: deps.compiler,
      source: workspace.folder,
      files: files.map(({ path }) => path),
      scripts: event.steps.map(({ script }) => script),
      cacheDir: deps.bundleDir,
      hasNodeModules: installed.hasNodeModules,
      versionDigest: event.version.digest,
    });
    await workspace.add(bundles);
    return workspace;
  } catch (error) {
    await removeWorkspace(deps, attempt, workspace);
    throw error;
  }
}

/** Opens what the manifest declares, and only that, so that it is masked even before a script reads it. */
async function maskFromTheStart(attempt: Attempt, secrets: Secrets, masker: Masker): Promise<void> {
  const declared = attempt.event.steps.flatMap((step) => step.secrets ?? []);
  for (const name of new Set([...attempt.event.mask, ...declared])) {
    const found = await secrets.find(name);
    if (found !== undefined) masker.add(found.value);
  }
}
