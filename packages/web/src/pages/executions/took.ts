import { type ExecutionSummary, isFinal, showDuration } from "@sealrun/protocol";

/** How long an execution ran or has been running, in words; undefined before its start. */
export function showTook(
  { startedAt, finishedAt, status }: Pick<ExecutionSummary, "startedAt" | "finishedAt" | "status">,
  nowMs: number,
): string | undefined {
  if (startedAt === null) return undefined;
  if (finishedAt === null && isFinal(status)) return undefined;
  const endMs = finishedAt === null ? nowMs : Date.parse(finishedAt);
  return showDuration(Math.max(endMs - Date.parse(startedAt), 0));
}
