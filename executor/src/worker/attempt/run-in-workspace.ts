import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { crashPoint } from "@sealrun/faults";
import { type ReportItem, toSealrunError } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import type { AttemptLog } from "../../between/attempt-log.ts";
import type { Outcome } from "../../between/outcome.ts";
import { maxStepMeasures, type RunMeasures, type StepMeasure } from "../../between/run-measures.ts";
import type { PreparedPackage, Say } from "../../between/preparation.ts";
import { listCompiled } from "../../bundle/bundle.ts";
import type { Runtime } from "../../child/layout.ts";
import { networkIn } from "../../child/network/choose-network.ts";
import type { PipePool } from "../../child/output-pipes.ts";
import type { Sandbox } from "../../child/start/step-options.ts";
import { machineReason } from "../../machine/machine-reason.ts";
import { type AllowedLimits, refuseAbove } from "./allowed-limits.ts";
import { createMasker, type Masker } from "../../mask/masker.ts";
import { runSteps } from "./run-steps.ts";
import { createLinePace } from "../output/line-pace.ts";
import { openParameters } from "../secrets/open-parameters.ts";
import { createSecrets, type Secrets } from "../secrets/secrets.ts";
import { createState } from "../secrets/state.ts";
import { removeFolder } from "../../workspace/remove-folder.ts";
import { createWorkspace, type Workspace } from "../../workspace/workspace.ts";
import type { RunFolder, WarmRunners } from "../warm/warm-runners.ts";

/** What preparing and running the steps of an attempt needs. */
export interface WorkspaceDeps {
  readonly sandbox: Sandbox;
  readonly runtime: Runtime;
  readonly pipes: PipePool;
  /** Has the attempt's package prepared; lines about it go to `say`. */
  readonly prepare: (say: Say) => Promise<PreparedPackage>;
  /** The folder of package files, by their digests. */
  readonly filesDir: string;
  readonly workDir: string;
  /** Scripts may have this machine's network where their package asks for it. */
  readonly allowsHost: boolean;
  /** No script has this machine's network. */
  readonly requiresNetwork: boolean;
  readonly stepLimits: AllowedLimits;
  /** What is started ahead of attempts; nothing without this. */
  readonly warm?: WarmRunners | undefined;
  /** How fast a run's output may come, as the platform says. */
  readonly linesPerSecond: () => number;
  readonly log: AttemptLog;
}

const maskingIsFull =
  "The memory for masking is almost used up: from here on, values are masked only as they are, without encoded forms";

/**
 * Prepares, runs and cleans up an attempt; what happens in it is masked and handed to `reportItem`. An error before the first
 * script is never thrown, because the claimed execution would then wait until its lease expires: it is this machine's
 * fault, or the attempt fails with it.
 */
export async function runInWorkspace(
  deps: WorkspaceDeps,
  attempt: Attempt,
  reportItem: (item: ReportItem) => Promise<void>,
  signal: AbortSignal,
): Promise<Outcome> {
  const openedAt = performance.now();
  let firstLineMs: number | undefined;
  const steps: StepMeasure[] = [];
  const report = async (item: ReportItem): Promise<void> => {
    if (item.type === "log" && item.stream !== "system") firstLineMs ??= performance.now() - openedAt;
    return reportItem(item);
  };
  const progress = { hasStarted: false };
  let workspace: Workspace | undefined;
  const runner = await deps.warm?.open();
  const say = async (level: string, text: string): Promise<void> =>
    report({ type: "log", step: null, stream: "system", level, text, time: Date.now() });
  const masker = createMasker({ onFull: () => void say("warning", maskingIsFull) });
  const measures = (): RunMeasures => {
    const { maskedBytes, replacements } = masker.use();
    return { firstLineMs, maskedBytes, replacements, steps };
  };
  const secrets = createSecrets(attempt);
  let masking: Promise<void> | undefined;
  try {
    if (deps.sandbox.kind === "none") await say("warning", "This executor runs scripts without a sandbox");
    refuseAbove(attempt.event.steps, deps.stepLimits.max);
    const network = networkIn(deps, attempt.event.network);
    // Beside the preparation, which others do for this process.
    masking = maskDeclaredSecrets(attempt, secrets, masker);
    masking.catch(() => undefined);
    const prepared = await unlessEnded(
      deps.prepare((level, text) => void say(level, text)),
      signal,
    );
    workspace = await prepareWorkspace(deps, attempt, prepared, runner?.place);
    crashPoint("executor.workspace.ready");
    await masking;
    const parametersFile = await readFile(join(workspace.folder, "parameters.json")).catch(() => undefined);
    const params = openParameters(attempt, parametersFile);
    const failure = await runSteps({
      sandbox: deps.sandbox,
      runtime: deps.runtime,
      pipes: deps.pipes,
      attempt: { ...attempt, event: { ...attempt.event, network } },
      workspace,
      installed: { nodeModules: prepared.nodeModules, python: prepared.python },
      startedAhead: runner?.startedAhead,
      secrets,
      state: createState(attempt),
      masker,
      stepLimits: deps.stepLimits.defaults,
      pace: createLinePace(deps.linesPerSecond()),
      params,
      report,
      signal,
      progress,
      noteTry: (measure) => {
        steps.push(measure);
        if (steps.length > maxStepMeasures) steps.shift();
      },
    });
    return { kind: "run", failure, measures: measures() };
  } catch (error) {
    const reason = progress.hasStarted ? undefined : machineReason(error);
    if (reason !== undefined) {
      deps.log.warn(
        { err: error, ...attempt.ref, code: reason.code },
        "An attempt cannot be prepared on this machine; it is given back to the queue",
      );
      return { kind: "unfit", reason: { ...reason, message: masker.maskText(reason.message) }, measures: measures() };
    }
    const failure = toSealrunError(error);
    if (failure.code === "INTERNAL" || failure.code === "DISK_FULL")
      deps.log.error({ err: error, ...attempt.ref }, "An attempt failed");
    const masked = { code: failure.code, message: masker.maskText(failure.message) };
    await say("error", masked.message);
    return { kind: "run", failure: masked, measures: measures() };
  } finally {
    // What it asks the platform for must be answered before this process has another attempt.
    await masking?.catch(() => undefined);
    await runner?.end();
    if (workspace !== undefined) await removeWorkspace(deps, attempt, workspace);
    else if (runner?.place !== undefined) await removeFolder(runner.place.scratch);
  }
}

/** A folder that cannot be removed is a problem of this machine only: it does not change how the run ended. */
async function removeWorkspace(
  { log }: Pick<WorkspaceDeps, "log">,
  { ref }: Attempt,
  workspace: Workspace,
): Promise<void> {
  try {
    await workspace.remove();
  } catch (error) {
    log.warn(
      { err: error, ...ref, folder: workspace.scratch },
      "The folder of a run cannot be removed; if the next start of the executor does not remove it, do so by hand",
    );
  }
}

/** What it settles with, or the signal's reason before that. */
async function unlessEnded<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const onAbort = (): void => ended.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([waited, ended.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function prepareWorkspace(
  deps: WorkspaceDeps,
  attempt: Attempt,
  { files, nodeModules, bundle }: PreparedPackage,
  place: RunFolder | undefined,
): Promise<Workspace> {
  const workspace = await createWorkspace({
    root: deps.workDir,
    ...attempt.ref,
    place,
    files: files.map(({ path, sha256, executable = false }) => ({
      path,
      cachedPath: join(deps.filesDir, sha256),
      executable,
    })),
    ...(deps.sandbox.kind === "none" ? { linkedSdk: deps.runtime.sdk } : {}),
  });
  try {
    if (deps.sandbox.kind === "none" && nodeModules !== undefined) {
      await symlink(nodeModules, join(workspace.folder, "node_modules"));
    }
    if (bundle !== undefined) await workspace.add(await listCompiled(bundle));
    return workspace;
  } catch (error) {
    await removeWorkspace(deps, attempt, workspace);
    throw error;
  }
}

/**
 * Opens the secrets that the manifest declares, and only those, so that they are masked even before a script reads
 * them.
 */
async function maskDeclaredSecrets(attempt: Attempt, secrets: Secrets, masker: Masker): Promise<void> {
  const declared = attempt.event.steps.flatMap((step) => step.secrets ?? []);
  const names = new Set([...attempt.event.mask, ...declared]);
  await secrets.prepare([...names]);
  for (const name of names) {
    const found = await secrets.find(name);
    if (found !== undefined) masker.add(found.value);
  }
}
