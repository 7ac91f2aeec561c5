import type { Client } from "@sealrun/client";
import { type ExecutionInfo, SealrunError, showSeconds, type StartedExecution } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { followToEnd, livePrinter } from "./follow.ts";
import { explainFailure, printOutcome } from "./print-execution.ts";
import { reportWaiting } from "./report-waiting.ts";

/** How the command that started an execution goes on. */
export interface AfterStart {
  readonly wait?: boolean | undefined;
  /** With `wait`: how long, in milliseconds. */
  readonly timeout?: number | undefined;
  readonly json?: boolean | undefined;
}

/** `USAGE` for a time to wait without waiting: it would do nothing. */
export function checkAfterStart({ wait, timeout }: AfterStart): void {
  if (timeout !== undefined && wait !== true) throw new SealrunError("USAGE", "--timeout needs --wait");
}

/**
 * Prints that an execution is started, or with `wait` follows it to its end and prints how it ended; `EXECUTION_FAILED`
 * unless it succeeded, and `TIMED_OUT` while it goes on after `timeout`.
 */
export async function reportStart(
  cli: Cli,
  client: Client,
  { started, wait, timeout, json }: AfterStart & { readonly started: StartedExecution },
): Promise<void> {
  const { output } = cli;
  if (wait !== true) {
    if (json === true) return output.json(started);
    output.line(`${output.paint("green", "started")} ${started.id}`);
    output.line(`next: sealrun logs ${started.id} -f`);
    return noteWaiting(cli, client, started.id);
  }
  const execution = await waitFor(cli, client, { id: started.id, timeout, isQuiet: json === true });
  if (json === true) output.json(execution);
  else printOutcome(output, execution, { isCauseTold: true });
  requireSuccess(execution);
}

/** Says why it does not start now: a pool without executors, a hold or a later time. Only a note, so it may fail. */
async function noteWaiting({ output }: Cli, client: Client, id: string): Promise<void> {
  const found = await client.getExecution(id).catch(() => undefined);
  const reason = found?.status === "queued" ? found.waiting : null;
  // An executor will take it in a moment.
  if (reason === null || /^It is offered |^Pool \S+ has room/.test(reason)) return;
  output.note(`waits: ${reason}`);
}

/** `EXECUTION_FAILED` unless it succeeded: the exit code of `--wait` is 1. */
function requireSuccess(execution: ExecutionInfo): void {
  const { id, status } = execution;
  if (status === "succeeded") return;
  const why = status === "cancelled" ? undefined : explainFailure(execution);
  const sentence = `Execution ${id} ${status === "failed" ? "failed" : `was ${status}`}`;
  throw new SealrunError("EXECUTION_FAILED", why === undefined ? sentence : `${sentence}: ${why}`);
}

interface ToWaitFor {
  readonly id: string;
  readonly timeout: number | undefined;
  readonly isQuiet: boolean;
}

async function waitFor(cli: Cli, client: Client, { id, timeout, isQuiet }: ToWaitFor): Promise<ExecutionInfo> {
  const { output } = cli;
  const interrupted = cli.takeSignals();
  const late = timeout === undefined ? [] : [AbortSignal.timeout(timeout)];
  const signal = AbortSignal.any([interrupted, ...late]);
  if (!isQuiet) output.note(`started ${id}`);
  const { onEvent, done } = isQuiet ? quiet : livePrinter(output);
  const endWaiting = isQuiet ? quiet.done : reportWaiting(output, client, id);
  try {
    const execution = await followToEnd(client, id, { onEvent, signal });
    done(execution.status === "failed" ? explainFailure(execution) : undefined);
    return execution;
  } catch (error) {
    if (!signal.aborted) throw error;
    done();
    if (!interrupted.aborted) {
      const sentence = `${id} did not end within ${showSeconds(timeout ?? 0)} and goes on; cancel it with: sealrun execution cancel ${id}`;
      throw new SealrunError("TIMED_OUT", sentence);
    }
    output.note(`${id} goes on; follow it with: sealrun logs ${id} -f`);
    output.note(`cancel it with: sealrun execution cancel ${id}`);
    throw error;
  } finally {
    endWaiting();
    done();
  }
}

const quiet = { onEvent: () => undefined, done: () => undefined };
