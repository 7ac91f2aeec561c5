import { createTracer, newSpanId, type TracingSettings } from "@sealrun/telemetry";
import { readTraceParent } from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Collector, startCollector } from "../../support/collector.ts";

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => collector.close());

const open = (settings: Partial<TracingSettings> = {}) =>
  createTracer({ endpoint: collector.url, ...settings }, { service: "test", log: { warn: () => undefined } });
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const caller = `00-${traceId}-${spanId}-01`;

describe("createTracer()", () => {
  test("createTracer() continues the caller's trace, and joins spans of others to it", async () => {
    const tracer = open();
    const begun = tracer.begin("accept", caller);
    begun.end({ id: "exe_1" });
    tracer.record({
      name: "queue",
      parent: begun.context,
      startMs: Date.now() - 50,
      fields: {},
      code: "SCRIPT_FAILED",
    });
    await tracer.close();
    const [accept, queue] = collector.spans;
    expect(accept).toMatchObject({ name: "accept", traceId, parentSpanId: spanId, kind: 2, fields: { id: "exe_1" } });
    expect(queue).toMatchObject({ name: "queue", traceId, parentSpanId: accept?.spanId, kind: 1 });
    expect(queue?.fields).toEqual({ "sealrun.code": "SCRIPT_FAILED" });
  });

  test("createTracer() begins a trace of its own for a header that is not valid", async () => {
    const tracer = open();
    for (const header of [undefined, "hostile", `${caller}, ${caller}`]) tracer.begin("accept", header).end({});
    await tracer.close();
    expect(new Set(collector.spans.map((span) => span.traceId)).size).toBe(3);
    expect(collector.spans.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined, undefined]);
  });

  test("createTracer() follows the caller's decision, whatever its own ratio", async () => {
    const none = open({ sampleRatio: 0 });
    none.begin("sent", caller).end({});
    none.begin("own").end({});
    await none.close();
    const all = open({ sampleRatio: 1 });
    const unsampled = all.begin("not sent", `00-${traceId}-${spanId}-00`);
    unsampled.end({});
    all.record({ name: "not sent", parent: unsampled.context, startMs: Date.now(), fields: {} });
    await all.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(["sent"]);
    expect(unsampled.context).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });

  test("createTracer() samples about the given part of its own traces, all spans of a trace alike", () => {
    const tracer = open({ sampleRatio: 0.25 });
    const contexts = Array.from({ length: 2_000 }, () => readTraceParent(tracer.begin("own").context));
    const sampled = contexts.filter((context) => context?.isSampled).length;
    expect(sampled).toBeGreaterThan(350);
    expect(sampled).toBeLessThan(650);
  });

  test("createTracer() records nothing without a parent, and no code that is not sealrun's", async () => {
    const tracer = open();
    tracer.record({ name: "alone", parent: undefined, startMs: Date.now(), fields: {} });
    tracer.record({
      name: "coded",
      parent: caller,
      spanId: newSpanId(),
      startMs: Date.now(),
      fields: {},
      code: "s3cret",
    });
    await tracer.close();
    expect(collector.spans.map(({ name, fields }) => [name, fields])).toEqual([["coded", { "sealrun.code": "other" }]]);
    expect(collector.text()).not.toContain("s3cret");
  });
});
