import type { Client } from "@sealrun/client";
import { type ExecutionInfo, SealrunError, type StartedExecution } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { followToEnd, livePrinter } from "./follow.ts";
import { describeFailure, printOutcome } from "./print-execution.ts";
import { reportWaiting } from "./report-waiting.ts";

/**
 * Prints that an execution is started, or with `wait` follows it to its end and prints how it ended; `EXECUTION_FAILED`
 * unless it succeeded.
 */
export async function reportStart(
  cli: Cli,
  client: Client,
  {
    started,
    wait,
    json,
  }: { readonly started: StartedExecution; readonly wait?: boolean | undefined; readonly json?: boolean | undefined },
): Promise<void> {
  const { output } = cli;
  if (wait !== true) {
    if (json === true) return output.json(started);
    output.line(`${output.paint("green", "started")} ${started.id}`);
    output.line(`next: sealrun execution logs ${started.id} --follow`);
    return;
  }
  const execution = await waitFor(cli, client, { id: started.id, isQuiet: json === true });
  if (json === true) output.json(execution);
  else printOutcome(output, execution);
  requireSuccess(execution);
}

/** `EXECUTION_FAILED` unless it succeeded: the exit code of `--wait` is 1. */
function requireSuccess({ id, status, error, steps }: ExecutionInfo): void {
  if (status === "succeeded") return;
  const step = steps.find((candidate) => candidate.status === "failed");
  const why = step === undefined ? error?.message : `step ${step.name} ${describeFailure(step)}`;
  const sentence = status === "lost" ? `Execution ${id} was lost` : `Execution ${id} ${status}`;
  throw new SealrunError("EXECUTION_FAILED", why === undefined ? sentence : `${sentence}: ${why}`);
}

async function waitFor(
  { output }: Cli,
  client: Client,
  { id, isQuiet }: { readonly id: string; readonly isQuiet: boolean },
): Promise<ExecutionInfo> {
  if (isQuiet) return followToEnd(client, id, () => undefined);
  const { onEvent, done } = livePrinter(output);
  const endWaiting = reportWaiting(output, client, id);
  try {
    return await followToEnd(client, id, onEvent);
  } finally {
    endWaiting();
    done();
  }
}
