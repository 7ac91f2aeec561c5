import { expect, test } from "vitest";
import { writeTraces } from "../../../packages/telemetry/src/tracing/otlp.ts";

const span = {
  name: "sealrun.step",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  parentSpanId: undefined,
  startMs: 1_764_000_000_001,
  endMs: 1_764_000_000_250,
  kind: "internal",
  fields: { "sealrun.attempt": 1, "sealrun.execution.id": "exe_1", "sealrun.step.exit_code": undefined },
  code: undefined,
} as const;

test("writeTraces() writes OTLP's JSON", () => {
  expect(JSON.parse(writeTraces("sealrun-executor", [span]))).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "sealrun-executor" } }] },
        scopeSpans: [
          {
            scope: { name: "sealrun" },
            spans: [
              {
                traceId: span.traceId,
                spanId: span.spanId,
                name: "sealrun.step",
                kind: 1,
                startTimeUnixNano: "1764000000001000000",
                endTimeUnixNano: "1764000000250000000",
                attributes: [
                  { key: "sealrun.attempt", value: { intValue: "1" } },
                  { key: "sealrun.execution.id", value: { stringValue: "exe_1" } },
                ],
                status: {},
              },
            ],
          },
        ],
      },
    ],
  });
});

test("writeTraces() names the parent, marks a failure, and never ends a span before it starts", () => {
  const failed = {
    ...span,
    parentSpanId: "b7ad6b7169203331",
    kind: "server",
    code: "SCRIPT_FAILED",
    endMs: 1,
  } as const;
  const [written] = JSON.parse(writeTraces("sealrun-executor", [failed])).resourceSpans[0].scopeSpans[0].spans;
  expect(written).toMatchObject({
    parentSpanId: "b7ad6b7169203331",
    kind: 2,
    startTimeUnixNano: "1764000000001000000",
    endTimeUnixNano: "1764000000001000000",
    status: { code: 2, message: "SCRIPT_FAILED" },
  });
  expect(written.attributes).toContainEqual({ key: "sealrun.code", value: { stringValue: "SCRIPT_FAILED" } });
});
