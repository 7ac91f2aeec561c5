import { randomBytes } from "node:crypto";
import { crashPoint } from "@sealrun/faults";
import {
  type EventStep,
  type Failure,
  type JsonValue,
  limits,
  type LogStream,
  readTraceParent,
  type ReportItem,
  SealrunError,
  showSeconds,
  type StepLimits,
  toSealrunError,
  waitBeforeRetry,
  withDefaults,
  writeTraceParent,
} from "@sealrun/protocol";
import type { StepMeasure } from "../../between/run-measures.ts";
import { describeExceeded } from "../../child/limits/exceeded.ts";
import type { StepUse } from "../../child/limits/watch-step.ts";
import { runStep } from "../../child/run-step.ts";
import { describeStart } from "../../child/start-failure.ts";
import type { Sandbox, StepOptions } from "../../child/start/step-options.ts";
import type { InstalledPackages, Runtime } from "../../child/layout.ts";
import type { PipePool } from "../../child/output-pipes.ts";
import { machineReason } from "../../machine/machine-reason.ts";
import type { Masker } from "../../mask/masker.ts";
import { resolveStep } from "../../references/resolve-step.ts";
import type { StepContext } from "../secrets/step-context.ts";
import { answerScript } from "./answer-script.ts";
import { explainEnd, timeoutOf } from "./explain-end.ts";
import type { Attempt } from "../../between/attempt.ts";
import type { OpenParameters } from "../secrets/open-parameters.ts";
import { createReceipt } from "../secrets/receipt.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { State } from "../secrets/state.ts";
import type { LinePace } from "../output/line-pace.ts";
import { createOutputGate, type OutputGate } from "../output/output-gate.ts";
import { createStepOutput } from "../output/step-output.ts";
import { pause } from "../../waits.ts";
import { createUsed } from "./used.ts";

/** What the steps of one attempt share. */
export interface AttemptContext {
  readonly attempt: Attempt;
  readonly sandbox: Sandbox;
  readonly runtime: Runtime;
  readonly pipes: PipePool;
  readonly workspace: { readonly folder: string };
  readonly installed: InstalledPackages;
  /** What waits for the first step. */
  readonly startedAhead?: StepOptions["startedAhead"];
  readonly secrets: Secrets;
  readonly state: State;
  readonly masker: Masker;
  /** The limits of a step whose package asks for none. */
  readonly stepLimits: StepLimits;
  /** How fast lines of all steps together may come. */
  readonly pace: LinePace;
  readonly params: OpenParameters;
  /** Hands an item on to the platform; it must be masked. */
  readonly report: (item: ReportItem) => Promise<void>;
  /** Ends the attempt: a lost lease, or a drain that took too long. */
  readonly signal: AbortSignal;
  /** Whether a script of the attempt was told to start. Before that, a failure may be this machine's fault. */
  readonly progress: { hasStarted: boolean };
  /** Takes each try of a step that has ended, when the run has a trace. */
  readonly noteTry: (measure: StepMeasure) => void;
}

interface StepsContext extends AttemptContext {
  /** What steps write and log goes through it. */
  readonly gate: OutputGate;
}

/**
 * Runs the steps in order; those after a failed one are skipped. Returns why the attempt failed, if it did. While no
 * script has started, a failure that is this machine's fault is thrown instead.
 */
export async function runSteps(given: AttemptContext): Promise<Failure | undefined> {
  const { pace, signal } = given;
  const shared: StepsContext = { ...given, gate: createOutputGate({ pace, signal }) };
  const results = new Map<string, JsonValue>();
  const recordRead = createReceipt(shared.report);
  let failure: Failure | undefined;
  for (const [index, plan] of shared.attempt.event.steps.entries()) {
    if (failure === undefined && shared.signal.aborted) failure = endedBefore(plan);
    if (failure !== undefined) {
      await shared.report({
        type: "step-finished",
        step: index,
        status: "skipped",
        exitCode: null,
        durationMs: 0,
        time: Date.now(),
      });
      continue;
    }
    failure = await runOneStep(shared, stepContextOf(shared, { index, plan }, results, recordRead));
  }
  return failure;
}

function stepContextOf(
  { attempt, secrets, state, masker, gate, report, signal }: StepsContext,
  step: StepContext["step"],
  results: StepContext["results"],
  recordRead: StepContext["recordRead"],
): StepContext {
  const { index } = step;
  return {
    attempt,
    step,
    secrets,
    state,
    masker,
    results,
    recordRead,
    log: async ({ stream, level, text }) => {
      const isLong = text.length > limits.logLineBytes;
      const masked = isLong ? await masker.maskStart(text, limits.logLineBytes) : masker.maskText(text);
      const store = async (): Promise<void> => report(logItem({ step: index, stream, level, text: masked }));
      // What sealrun itself says is rare, and shown in any case.
      await (stream === "sdk" ? gate.pass(Buffer.byteLength(masked), store) : store());
    },
    signal,
  };
}

/** Runs a step until it succeeds, or has no tries left; its end is reported once. */
async function runOneStep(shared: StepsContext, context: StepContext): Promise<Failure | undefined> {
  const { masker, report, signal } = shared;
  const { results } = context;
  const { index, plan } = context.step;
  const startedAt = performance.now();
  const used = createUsed();
  const finish = async (exitCode: number | null, failure: Failure | undefined): Promise<Failure | undefined> => {
    const result = results.get(plan.name);
    await report({
      type: "step-finished",
      step: index,
      status: failure === undefined ? "succeeded" : "failed",
      exitCode,
      durationMs: performance.now() - startedAt,
      time: Date.now(),
      ...used.sum(),
      ...(result === undefined ? {} : { result: masker.maskJson(result) }),
      ...(failure === undefined ? {} : { error: failure }),
    });
    return failure;
  };
  for (let tried = 1; ; tried += 1) {
    await report({ type: "step-started", step: index, try: tried, time: Date.now() });
    const span = beginTry(shared, { index, try: tried });
    const { exitCode, failure, use } = await tryStep(shared, context, span.traceParent);
    span.end(exitCode, failure?.code);
    used.add(use);
    const waitMs = failure === undefined ? undefined : waitBeforeRetry(plan.retry, tried, failure.code);
    if (waitMs === undefined) return finish(exitCode, failure);
    results.delete(plan.name);
    const text = describeRetry({ plan, tried, waitMs, exitCode, code: failure?.code });
    await report(logItem({ step: index, stream: "system", level: "warning", text }));
    await pause(waitMs, signal);
    if (signal.aborted) return finish(exitCode, endedBefore(plan));
  }
}

/** How one try of a step ended. */
interface TryEnd {
  readonly exitCode: number | null;
  readonly failure: Failure | undefined;
  readonly use: StepUse | undefined;
}

/** The span of a try, which its script gets as `TRACEPARENT`; none without a trace. */
function beginTry(
  { attempt, noteTry }: Pick<StepsContext, "attempt" | "noteTry">,
  of: Pick<StepMeasure, "index" | "try">,
): { readonly traceParent: string | undefined; readonly end: (exitCode: number | null, code?: string) => void } {
  const trace = readTraceParent(attempt.event.trace);
  if (trace === undefined) return { traceParent: undefined, end: () => undefined };
  const [spanId, startMs] = [randomBytes(8).toString("hex"), Date.now()];
  return {
    traceParent: writeTraceParent({ ...trace, spanId }),
    end: (exitCode, code) => noteTry({ ...of, spanId, startMs, endMs: Date.now(), exitCode, code }),
  };
}

async function tryStep(shared: StepsContext, context: StepContext, traceParent: string | undefined): Promise<TryEnd> {
  const { masker, gate, report } = shared;
  const { index, plan } = context.step;
  const own = withDefaults(plan.limits ?? {}, shared.stepLimits);
  const full = new AbortController();
  gate.restart({
    maxBytes: own.outputBytes,
    onFull: async (bytes) => {
      full.abort(describeExceeded(plan.script, { kind: "output", bytes }, own));
      await report(logItem({ step: index, stream: "system", text: "Output ends here: it is over its limit" }));
    },
  });
  let hasPrinted = false;
  const line = async (stream: LogStream, text: string): Promise<void> => {
    hasPrinted = true;
    return report(logItem({ step: index, stream, text }));
  };
  const stdout = createStepOutput({ stream: "stdout", masker, gate, line });
  const stderr = createStepOutput({ stream: "stderr", masker, gate, line });
  let use: StepUse | undefined;
  const given = await resolveStep(context, shared.params).catch((error: unknown) => toSealrunError(error));
  const end =
    given instanceof SealrunError
      ? given
      : await runStep({
          sandbox: shared.sandbox,
          runtime: shared.runtime,
          pipes: shared.pipes,
          workspace: shared.workspace,
          installed: shared.installed,
          startedAhead: shared.startedAhead,
          script: plan.script,
          network: shared.attempt.event.network,
          variables: {
            executionId: shared.attempt.ref.executionId,
            packageName: shared.attempt.event.package.name,
            own: given.env.plain,
            traceParent,
            hasSealed: Object.keys(given.env.sealed).length > 0,
          },
          timeoutMs: timeoutOf(plan),
          limits: own,
          signal: AbortSignal.any([shared.signal, full.signal]),
          onConnected: async (connected) => {
            for (const row of connected) await report({ type: "connected", step: index, ...row, time: Date.now() });
          },
          onGo: () => {
            shared.progress.hasStarted = true;
          },
          onUse: (used) => {
            use = used;
          },
          onStdout: stdout.write,
          onStderr: stderr.write,
          handle: answerScript(context, given),
        }).catch((error: unknown) => describeStart(error, plan.script, shared.progress));
  crashPoint("executor.step.ended");
  await stdout.end();
  await stderr.end();
  if (end instanceof SealrunError && !shared.progress.hasStarted && machineReason(end) !== undefined) throw end;

  // The last of its output may be read when the script has ended by itself.
  const late = full.signal.aborted ? toSealrunError(full.signal.reason) : undefined;
  const error = end instanceof SealrunError ? end : (explainEnd(end, plan, { hasPrinted }) ?? late);
  const failure = error === undefined ? undefined : { code: error.code, message: masker.maskText(error.message) };
  const exitCode = end instanceof SealrunError ? null : (end.exitCode ?? null);
  return { exitCode, failure, use };
}

function logItem(line: Omit<Extract<ReportItem, { type: "log" }>, "type" | "time">): ReportItem {
  return { type: "log", ...line, time: Date.now() };
}

function endedBefore({ script }: EventStep): Failure {
  return { code: "CANCELLED", message: `The attempt was ended before ${script} could run` };
}

function describeRetry(of: {
  readonly plan: EventStep;
  readonly tried: number;
  readonly waitMs: number;
  readonly exitCode: number | null;
  readonly code: string | undefined;
}): string {
  const how = of.code === "SCRIPT_TIMED_OUT" ? "its timeout" : `exit code ${of.exitCode ?? "none"}`;
  // A line of the log names its step already.
  return `Failed (${how}); try ${of.tried + 1} of ${of.plan.retry?.attempts ?? 1} in ${showSeconds(of.waitMs)}`;
}
