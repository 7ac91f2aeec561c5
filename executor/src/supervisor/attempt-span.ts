import { type AttemptRef, readTraceParent, writeTraceParent } from "@sealrun/protocol";
import { newSpanId, type Tracer } from "@sealrun/telemetry";
import type { Outcome } from "../between/outcome.ts";

/** Begins the span of an attempt; the returned function records it, and those of its steps below it. */
export function beginAttemptSpan(
  tracer: Tracer | undefined,
  { trace: parentText, ref }: { readonly trace: string | undefined; readonly ref: AttemptRef },
): (outcome: Outcome) => void {
  const [startMs, trace] = [Date.now(), readTraceParent(parentText)];
  if (tracer === undefined || trace === undefined) return () => undefined;
  const ids = { "sealrun.execution.id": ref.executionId, "sealrun.attempt": ref.attempt };
  const spanId = newSpanId();
  return (outcome) => {
    const code = outcome.kind === "run" ? outcome.failure?.code : outcome.reason.code;
    tracer.record({ name: "sealrun.attempt", parent: parentText, spanId, startMs, fields: ids, code });
    for (const step of outcome.measures?.steps ?? []) {
      const fields = {
        ...ids,
        "sealrun.step.index": step.index,
        "sealrun.step.try": step.try,
        "sealrun.step.exit_code": step.exitCode ?? undefined,
      };
      const parent = writeTraceParent({ ...trace, spanId });
      tracer.record({ ...step, name: "sealrun.step", parent, fields });
    }
  };
}
