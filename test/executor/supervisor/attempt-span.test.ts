import { executionId } from "@sealrun/protocol";
import { createTracer } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { beginAttemptSpan } from "../../../executor/src/supervisor/attempt-span.ts";
import { startCollector } from "../../support/collector.ts";

const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const ref = { executionId: executionId.parse("exe_00000000000000000000"), attempt: 2 };
const step = { index: 0, try: 1, spanId: "b7ad6b7169203331", startMs: Date.now() - 5, endMs: Date.now(), exitCode: 0 };
const measures = { firstLineMs: 1, maskedBytes: 0, replacements: 0, steps: [{ ...step, code: undefined }] };

test("beginAttemptSpan() records the attempt, and its steps below it", async () => {
  const collector = await startCollector();
  const tracer = createTracer({ endpoint: collector.url }, { service: "test", log: { warn: () => undefined } });
  beginAttemptSpan(tracer, { trace, ref })({ kind: "run", failure: undefined, measures });
  const reason = { code: "DISK_FULL", message: "", stopsTaking: true } as const;
  beginAttemptSpan(tracer, { trace, ref })({ kind: "unfit", reason });
  beginAttemptSpan(tracer, { trace: undefined, ref })({ kind: "run", failure: undefined, measures });
  beginAttemptSpan(undefined, { trace, ref })({ kind: "run", failure: undefined, measures });
  await tracer.close();
  await collector.close();
  const [attempt, first, unfit, ...more] = collector.spans;
  const ids = { "sealrun.execution.id": ref.executionId, "sealrun.attempt": 2 };
  expect(attempt).toMatchObject({ name: "sealrun.attempt", parentSpanId: "00f067aa0ba902b7", fields: ids });
  expect(first).toMatchObject({
    name: "sealrun.step",
    parentSpanId: attempt?.spanId,
    spanId: step.spanId,
    fields: { ...ids, "sealrun.step.index": 0, "sealrun.step.try": 1, "sealrun.step.exit_code": 0 },
  });
  expect(unfit).toMatchObject({ name: "sealrun.attempt", fields: { ...ids, "sealrun.code": "DISK_FULL" } });
  expect(more).toEqual([]);
});
