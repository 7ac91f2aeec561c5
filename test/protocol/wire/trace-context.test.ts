import { readTraceParent, traceParent, writeTraceParent } from "@sealrun/protocol";
import { expect, test } from "vitest";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

test.each([
  [`00-${traceId}-${spanId}-01`, true],
  [`00-${traceId}-${spanId}-00`, false],
  [`00-${traceId}-${spanId}-03`, true],
  [`cc-${traceId}-${spanId}-01-what-a-later-version-adds`, true],
])("readTraceParent() reads %s", (header, isSampled) => {
  expect(readTraceParent(header)).toEqual({ traceId, spanId, isSampled });
});

test.each([
  ["nothing", undefined],
  ["an empty text", ""],
  ["upper case", `00-${traceId.toUpperCase()}-${spanId}-01`],
  ["a trace of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
  ["a span of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
  ["version ff", `ff-${traceId}-${spanId}-01`],
  ["version 00 with more", `00-${traceId}-${spanId}-01-more`],
  ["two headers", `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ["a line feed", `00-${traceId}-${spanId}-01\n`],
  ["a short id", `00-${traceId.slice(1)}-${spanId}-01`],
  ["a long text", `cc-${traceId}-${spanId}-01-${"x".repeat(1_000)}`],
  ["something else", "'; drop table executions; --"],
])("readTraceParent() ignores %s", (_what, header) => {
  expect(readTraceParent(header)).toBeUndefined();
});

test("writeTraceParent() writes what traceParent takes and readTraceParent() reads", () => {
  const context = { traceId, spanId, isSampled: true };
  const text = writeTraceParent(context);
  expect([traceParent.parse(text), readTraceParent(text)]).toEqual([`00-${traceId}-${spanId}-01`, context]);
});
