import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "@sealrun/client";
import { type ExecutionInfo, isFinal, type LiveEvent } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { createLiveLines } from "./live-lines.ts";

const reportTries = 15;
const reportWaitMs = 200;

/** Follows an execution to its end and gives its final state, once its reports have arrived or 3 seconds have passed. */
export async function followToEnd(
  client: Client,
  id: string,
  { onEvent, signal }: { readonly onEvent: (event: LiveEvent) => void; readonly signal?: AbortSignal | undefined },
): Promise<ExecutionInfo> {
  await client.watchExecution(id, { onEvent, signal });
  let execution = await client.getExecution(id);
  for (let tries = 0; tries < reportTries && !isSettled(execution); tries += 1) {
    await wait(reportWaitMs, undefined, signal === undefined ? {} : { signal });
    execution = await client.getExecution(id);
  }
  return execution;
}

/** True when an execution has ended and its reports have all arrived, or never will. */
function isSettled({ status, reportsComplete, reportsGap }: ExecutionInfo): boolean {
  return isFinal(status) && (reportsComplete || reportsGap !== null);
}

/**
 * Prints lines as they come; on a terminal shows that it waits for an executor until the first step starts. `done` may
 * get the sentence that the command ends with, so that it is told once.
 */
export function livePrinter(output: Output): {
  readonly onEvent: (event: LiveEvent) => void;
  readonly done: (told?: string) => void;
} {
  const endProgress = output.progress("waiting for an executor");
  const lines = createLiveLines(output);
  const onEvent = (event: LiveEvent): void => {
    const isLine = event.kind === "early" || event.kind === "log";
    if (isLine || (event.kind === "step" && event.status === "running")) endProgress();
    lines.print(event);
  };
  const done = (told?: string): void => {
    endProgress();
    lines.close(told);
  };
  return { onEvent, done };
}
