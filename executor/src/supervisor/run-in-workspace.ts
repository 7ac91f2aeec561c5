import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fromBase64 } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import { type Failure, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Attempt } from "../between/attempt.ts";
import { bundleScripts } from "../bundle/bundle.ts";
import type { Compiler } from "../bundle/compile.ts";
import type { Runtime } from "../child/layout.ts";
import type { Sandbox } from "../child/run-step.ts";
import type { Dependencies, PreparedDependencies } from "../dependencies/dependencies.ts";
import { closedGrantReason, type MachineReason, machineReason } from "../machine/machine-reason.ts";
import { createMasker, type Masker } from "../mask/masker.ts";
import type { PackageFiles } from "../worker/attempt/package-files.ts";
import { runSteps } from "../worker/attempt/run-steps.ts";
import { openGrant } from "../worker/secrets/open-grant.ts";
import { openParameters } from "../worker/secrets/open-parameters.ts";
import { createSecrets, type Secrets } from "../worker/secrets/secrets.ts";
import { createState } from "../worker/secrets/state.ts";
import { createWorkspace, type Workspace } from "../workspace/workspace.ts";
import type { Reporter } from "./report/reporter.ts";

/** What preparing and running the steps of an attempt takes. */
export interface WorkspaceDeps {
  readonly sandbox: Sandbox;
  readonly runtime: Runtime;
  readonly compiler: Compiler;
  readonly files: PackageFiles;
  readonly dependencies: Dependencies;
  readonly workDir: string;
  readonly bundleDir: string;
  readonly log: Logger;
}

/** A claimed execution whose grant is still closed. */
export type ClaimedAttempt = Omit<Attempt, "grant">;

/** How an attempt came out: its steps were run, or this machine kept the first from starting. */
export type Outcome =
  | { readonly kind: "run"; readonly failure: Failure | undefined }
  | { readonly kind: "unfit"; readonly reason: MachineReason };

/**
 * Opens, prepares, runs and cleans up. Whatever goes wrong before the first script is this machine's, or the attempt's
 * failure too: thrown, it would leave a claimed execution to its lease.
 */
export async function runInWorkspace(
  deps: WorkspaceDeps,
  { claimed, grant }: { readonly claimed: ClaimedAttempt; readonly grant: string },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Outcome> {
  const progress = { isOpen: false, hasStarted: false };
  const masker = createMasker();
  let workspace: Workspace | undefined;
  let installed: PreparedDependencies | undefined;
  const say = async (level: string, text: string): Promise<void> =>
    reporter.report({ type: "log", step: null, stream: "system", level, text, time: Date.now() });
  try {
    const attempt = openAttempt(claimed, grant);
    progress.isOpen = true;
    if (deps.sandbox.kind === "none") await say("warning", "This executor runs scripts without a sandbox");
    const files = await deps.files.list(attempt);
    installed = await deps.dependencies.prepare({ files, signal, say });
    workspace = await prepareWorkspace(deps, attempt, files, installed);
    crashPoint("executor.workspace.ready");
    const secrets = createSecrets(attempt);
    await maskFromTheStart(attempt, secrets, masker);
    const parametersFile = await readFile(join(workspace.folder, "parameters.json")).catch(() => undefined);
    const params = openParameters(attempt, parametersFile);
    const failure = await runSteps({
      sandbox: deps.sandbox,
      runtime: deps.runtime,
      attempt,
      workspace,
      installed,
      secrets,
      state: createState(attempt),
      masker,
      params,
      report: reporter.report,
      signal,
      progress,
    });
    return { kind: "run", failure };
  } catch (error) {
    const reason = reasonOf(error, progress);
    if (reason !== undefined) {
      deps.log.warn(
        { err: error, ...claimed.ref, code: reason.code },
        "An attempt cannot be prepared and is given back",
      );
      return { kind: "unfit", reason: { ...reason, message: masker.maskText(reason.message) } };
    }
    const failure = toSealrunError(error);
    if (failure.code === "INTERNAL" || failure.code === "DISK_FULL")
      deps.log.error({ err: error, ...claimed.ref }, "An attempt failed");
    const said = { code: failure.code, message: masker.maskText(failure.message) };
    await say("error", said.message);
    return { kind: "run", failure: said };
  } finally {
    if (workspace !== undefined) await removeWorkspace(deps, claimed, workspace);
    if (installed !== undefined) await releaseDependencies(deps, claimed, installed);
  }
}

/** What this machine has to do with an error; undefined once a script has started, or when its package is to blame. */
function reasonOf(
  error: unknown,
  { isOpen, hasStarted }: { readonly isOpen: boolean; readonly hasStarted: boolean },
): MachineReason | undefined {
  if (hasStarted) return undefined;
  return isOpen ? machineReason(error) : closedGrantReason(toSealrunError(error));
}

function openAttempt(claimed: ClaimedAttempt, frame: string): Attempt {
  const { event, ref, keyring, executorId, box } = claimed;
  const grant = openGrant(fromBase64(frame), event, { keyring, executorId, box, attempt: ref.attempt });
  crashPoint("executor.grant.opened");
  return { ...claimed, grant };
}

/** What cannot be removed is a matter of this machine: it changes nothing of how the run ended. */
async function removeWorkspace(
  { log }: Pick<WorkspaceDeps, "log">,
  { ref }: ClaimedAttempt,
  workspace: Workspace,
): Promise<void> {
  try {
    await workspace.remove();
  } catch (error) {
    log.warn(
      { err: error, ...ref, folder: workspace.scratch },
      "A run's folder cannot be removed; remove it by hand if the next start of the executor does not",
    );
  }
}

/** A use that is left counts until this process ends: the folder stays in the cache for so long. */
async function releaseDependencies(
  { log }: Pick<WorkspaceDeps, "log">,
  { ref }: ClaimedAttempt,
  installed: PreparedDependencies,
): Promise<void> {
  try {
    await installed.release();
  } catch (error) {
    log.warn({ err: error, ...ref }, "The installed dependencies of a run cannot be given back to the cache");
  }
}

async function prepareWorkspace(
  deps: WorkspaceDeps,
  attempt: Attempt,
  files: Awaited<ReturnType<PackageFiles["list"]>>,
  installed: PreparedDependencies,
): Promise<Workspace> {
  const { event, ref } = attempt;
  const workspace = await createWorkspace({
    root: deps.workDir,
    ...ref,
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
