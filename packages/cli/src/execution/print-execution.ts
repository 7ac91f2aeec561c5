import {
  type ConnectionRow,
  type EarlyLine,
  type ExecutionInfo,
  type ExecutionStatus,
  isLimitCode,
  lookupOrder,
  type ReceiptRow,
  showDuration,
  showSize,
  type StepInfo,
  type Trigger,
} from "@sealrun/protocol";
import type { Output, Style } from "../output.ts";
import { showTime } from "../show-time.ts";

/** Prints one line of a script, with the step it came from. */
export function printLogLine(output: Output, { step, stream, level, text }: EarlyLine): void {
  const origin = output.paint("dim", `[${step ?? "sealrun"}]`);
  const shownLevel = stream === "sdk" && level !== null ? `${level.toUpperCase()} ` : "";
  output.foreign(text, `${origin} ${shownLevel}`);
}

/**
 * Prints how an execution ended, its steps, and which secrets it asked for. With `isCauseTold` without why it failed: the
 * last line of the command tells it, as `explainFailure()` gives it.
 */
export function printOutcome(
  output: Output,
  execution: ExecutionInfo,
  { isCauseTold = false }: { readonly isCauseTold?: boolean } = {},
): void {
  const { id, status, error, steps, receipt, startedAt, finishedAt } = execution;
  const took =
    startedAt === null || finishedAt === null
      ? ""
      : ` in ${showDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
  output.line(`${output.paint(styleOf(status), status)} ${id}${took}`);
  const told = isCauseTold ? failedStep(execution) : undefined;
  for (const step of steps) output.line(`  ${stepLine(step, step !== told)}`);
  // The line of the failed step has it already.
  const isShown = isCauseTold || steps.some((step) => step.error !== null && step.error.message === error?.message);
  if (error !== null && !isShown) output.line(`  ${error.message} (${error.code})`);
  if (execution.logDeleted != null) output.line(`  ${execution.logDeleted.sentence}`);
  if (execution.reportsGap !== null) output.line(`  ${execution.reportsGap}`);
  else if (!execution.reportsComplete) output.line("  some of its output has not arrived yet");
  const isOnly = new Set(receipt.map((row) => row.attempt)).size <= 1;
  for (const sentence of new Set(receipt.map((row) => readLine(row, isOnly)))) output.line(sentence);
  for (const row of execution.connections ?? []) output.line(connectionLine(row, isOnly));
}

/** Why an execution failed, in one sentence that names the step: `step Load: load.py ended with exit code 3`. */
export function explainFailure(execution: ExecutionInfo): string | undefined {
  const step = failedStep(execution);
  if (step === undefined) return execution.error?.message;
  const { name, script, error } = step;
  if (error === null) return `step ${name} failed${exitCodeOf(step)}`;
  return name === script && error.message.includes(script) ? error.message : `step ${name}: ${error.message}`;
}

function failedStep({ steps }: ExecutionInfo): StepInfo | undefined {
  return steps.find(({ status, error }) => status === "failed" && error?.code !== "CANCELLED");
}

/** Prints everything about an execution except its output. */
export function printExecution(output: Output, execution: ExecutionInfo): void {
  const { visible, sealedNames } = execution.parameters;
  const shown = Object.entries(visible).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const sealed = sealedNames.map((name) => `${name}=(sealed)`);
  output.line(`${execution.project}/${execution.package} version ${execution.version}`);
  output.line(`  created   ${showTime(execution.createdAt)}${causeOf(execution.trigger)}`);
  output.line(`  started   ${showTime(execution.startedAt)}`);
  output.line(`  finished  ${showTime(execution.finishedAt)}`);
  output.line(`  attempt   ${execution.attempt}, executor ${execution.executor ?? "-"}`);
  if (execution.network != null) output.line(`  network   ${showNetwork(execution.network)}`);
  const level = execution.attempts.at(-1)?.sandbox;
  if (level != null) output.line(`  sandbox   ${level}`);
  for (const { attempt, executor, end, reason } of execution.attempts) {
    if (end !== "released" || reason === null) continue;
    output.line(`  released  attempt ${attempt} by ${executor}: ${reason.message} (${reason.code})`);
  }
  if (execution.waiting !== null) output.line(`  waits     ${execution.waiting}`);
  if (shown.length + sealed.length > 0) output.line(`  params    ${[...shown, ...sealed].join(" ")}`);
  for (const step of execution.steps) {
    const use = showUse(step);
    if (use !== "") output.line(`  used      ${step.name}: ${use}`);
  }
  printOutcome(output, execution);
}

/** What started it, when it was not a request. */
function causeOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case "request":
      return "";
    case "schedule":
      return `, by ${trigger.scheduleId}, due ${showTime(trigger.dueAt)}`;
    case "event":
      return `, by ${trigger.eventId}: ${trigger.type} from ${trigger.source}`;
  }
}

/** The colour of a status. */
function styleOf(status: ExecutionStatus): Style {
  if (status === "succeeded") return "green";
  return status === "failed" || status === "lost" ? "red" : "yellow";
}

/** `, exit code 3`; empty for a step without one, and for one that sealrun ended: its code is that of the signal. */
function exitCodeOf({ exitCode, error }: StepInfo): string {
  const isEnded = error?.code === "SCRIPT_TIMED_OUT" || error?.code === "CANCELLED" || isLimitCode(error?.code ?? "");
  return exitCode === null || exitCode === 0 || isEnded ? "" : `, exit code ${exitCode}`;
}

function stepLine(step: StepInfo, isCauseShown: boolean): string {
  const { name, status, durationMs, tries, error } = step;
  const took = durationMs === null ? "" : `, ${showDuration(durationMs)}`;
  const often = tries > 1 ? `, tried ${tries} times` : "";
  // The step did nothing wrong.
  if (error?.code === "CANCELLED") return `${name}  cancelled${took}${often}`;
  const why = error === null ? exitCodeOf(step) : `: ${error.message} (${error.code})`;
  return `${name}  ${status}${took}${often}${isCauseShown ? why : ""}`;
}

/** `61.3 MiB of memory at its peak, 120 ms of processor time`; empty where nothing was measured. */
function showUse({ peakMemoryBytes, cpuMs }: StepInfo): string {
  const memory = peakMemoryBytes == null ? [] : [`${showSize(peakMemoryBytes)} of memory at its peak`];
  const time = cpuMs == null ? [] : [`${showDuration(cpuMs)} of processor time`];
  return [...memory, ...time].join(", ");
}

/** One row of a receipt as a sentence; the attempt is named when there is more than one. */
function readLine({ name, scope, version, outcome, masking, step, attempt }: ReceiptRow, isOnly: boolean): string {
  const where = isOnly || attempt === null ? "" : `, attempt ${attempt}`;
  switch (outcome) {
    case "read":
      return `read ${name} from ${scope}, version ${version}${showMasking(masking)}${where}`;
    case "missing":
      return `missed ${name}: looked in ${lookupOrder.join(", ")}${where}`;
    case "refused":
      return `refused ${name}: not declared by step ${step}${where}`;
  }
}

/** What a step was connected to, as a sentence. */
function connectionLine(row: ConnectionRow, isOnly: boolean): string {
  const { host, port, address, outcome, reason, connections, sentBytes, receivedBytes, attempt } = row;
  const where = isOnly ? "" : `, attempt ${attempt}`;
  const often = connections === 1 ? "" : ` ${connections} times`;
  if (outcome !== "connected") return `${outcome} ${host}:${port}${often}: ${reason ?? "for several reasons"}${where}`;
  const bytes = `${showSize(sentBytes)} sent, ${showSize(receivedBytes)} received`;
  return `connected to ${host}:${port}${often} at ${address ?? "further addresses"}, ${bytes}${where}`;
}

function showMasking(masking: ReceiptRow["masking"]): string {
  switch (masking) {
    case "all":
      return " (masked)";
    case "part":
      return " (masked, except parts that are too short or common words)";
    case "none":
      return " (too short to mask)";
    case null:
      return "";
  }
}

/** Scripts with the machine's network reach what listens on the executor's machine. */
function showNetwork(network: NonNullable<ExecutionInfo["network"]>): string {
  return network === "host" ? "host (warning: scripts reach the services of the executor's machine)" : network;
}
