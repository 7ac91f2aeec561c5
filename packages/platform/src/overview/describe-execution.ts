import type { Sql } from "@sealrun/postgres";
import type { ExecutionId, ExecutionInfo } from "@sealrun/protocol";
import { readOutputBackwards } from "../feed/feed-read-store.ts";
import { getExecution, listAttempts, listConnections, listReceipt } from "./execution-list-store.ts";
import { findProgress } from "../executions/progress-store.ts";
import { describeGap } from "../executions/describe-gap.ts";
import { listSteps } from "../executions/step-store.ts";
import { addWaitingReasons } from "./add-waiting-reasons.ts";

const outputBytes = 64 * 1024;

/** An execution with its steps, their output and its receipt; `EXECUTION_NOT_FOUND`. */
export async function describeExecution(sql: Sql, id: ExecutionId): Promise<ExecutionInfo> {
  const { summary, detail } = await getExecution(sql, id);
  const progress = await findProgress(sql, id);
  const [told] = await addWaitingReasons(sql, [summary]);
  const steps: ExecutionInfo["steps"] = [];
  for (const { position, ...step } of await listSteps(sql, id)) {
    steps.push({ ...step, output: progress.logDeleted === null ? await readOutput(sql, id, position) : "" });
  }
  const { number: _number, ...shown } = summary;
  return {
    ...shown,
    waiting: told?.waiting ?? null,
    attempt: detail.attempt,
    priority: detail.priority,
    notBefore: detail.not_before?.toISOString() ?? null,
    cancelRequested: detail.cancel_requested,
    attempts: [...(await listAttempts(sql, id))],
    parameters: { visible: detail.visible, sealedNames: detail.sealed_names },
    steps,
    receipt: [...(await listReceipt(sql, id))],
    network: detail.network,
    connections: [...(await listConnections(sql, id))],
    reportsComplete: progress.isComplete,
    reportsGap: describeGap(progress) ?? null,
    logDeleted: progress.logDeleted,
  };
}

/** The last lines of a step's output, at most 64 KiB; a single longer line is cut at its start. */
async function readOutput(sql: Sql, id: ExecutionId, step: number): Promise<string> {
  const lines: string[] = [];
  let bytesLeft = outputBytes;
  for await (const line of readOutputBackwards(sql, id, step)) {
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > bytesLeft && lines.length > 0) break;
    lines.push(bytes > bytesLeft ? line.slice(-bytesLeft) : line);
    bytesLeft -= bytes;
    if (bytesLeft <= 0) break;
  }
  return join(lines);
}

function join(backwards: readonly string[]): string {
  return backwards.toReversed().join("\n");
}
