import { executionList, sentEvent, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/api.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector.ts";
import { openStage, type Stage } from "../support/stage.ts";

const canary = "canary-2d7e90b1c4aa-of-the-traces";
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

let collector: Collector;
let stage: Stage;
beforeAll(async () => {
  collector = await startCollector();
  stage = await openStage({ args: ["--tracing", collector.url] });
  await stage.must(["project", "create", "traced"]);
  await stage.push("traced/steps", {
    "secrets.json": { TracesCanarySecret: canary },
    "first.py":
      'import os\nfrom sealrun import context\nprint(os.environ["TRACEPARENT"], context.secrets.get("TracesCanarySecret"))\nprint(sorted(name for name in os.environ if "TRACE" in name))',
    "second.sh": "echo $TRACEPARENT; exit 3",
    "manifest.json": { steps: [{ script: "first.py" }, { script: "second.sh" }] },
  });
});
afterAll(async () => {
  await stage.close();
  await collector.close();
});

async function start(traceparent?: string): Promise<string> {
  const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
  const path = "/projects/traced/packages/steps/executions";
  const { id } = await ask(stage, startedExecution, ["POST", path, { json: {}, headers }]);
  await expect.poll(async () => (await stage.show(id)).status).toBe("failed");
  return id;
}

/** All spans of an execution of one step that succeeds, besides the first; once they are complete. */
async function spansAfterFirst(id: string): Promise<readonly CollectedSpan[]> {
  const own = (): readonly CollectedSpan[] =>
    collector.spans.filter(({ fields }) => fields["sealrun.execution.id"] === id);
  const names = ["attempt", "claim", "finish", "grant", "queue", "step"].map((name) => `sealrun.${name}`);
  await expect
    .poll(() =>
      own()
        .map(({ name }) => name)
        .toSorted(),
    )
    .toEqual(names);
  return own();
}

/** All spans of an execution of the package, once they are complete. */
async function spansOf(id: string): Promise<readonly CollectedSpan[]> {
  const own = (): readonly CollectedSpan[] =>
    collector.spans.filter(({ fields }) => fields["sealrun.execution.id"] === id);
  await expect
    .poll(() =>
      own()
        .map(({ name }) => name)
        .toSorted(),
    )
    .toEqual([
      "sealrun.accept",
      "sealrun.attempt",
      "sealrun.claim",
      "sealrun.finish",
      "sealrun.grant",
      "sealrun.queue",
      "sealrun.step",
      "sealrun.step",
    ]);
  return own();
}

describe("sealrun dev --tracing", () => {
  test("sealrun dev --tracing gives one trace from the caller's request to the finish, with the right parents", async () => {
    const id = await start(`00-${traceId}-${spanId}-01`);
    const spans = await spansOf(id);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const named = (name: string): readonly CollectedSpan[] => spans.filter((span) => span.name === `sealrun.${name}`);
    const [[accept], [attempt]] = [named("accept"), named("attempt")];
    expect(accept).toMatchObject({ parentSpanId: spanId, service: "sealrun-platform", kind: 2 });
    for (const [name, service] of [
      ["queue", "platform"],
      ["claim", "platform"],
      ["grant", "keyring"],
      ["attempt", "executor"],
      ["finish", "platform"],
    ] as const) {
      expect(named(name)[0], name).toMatchObject({ parentSpanId: accept?.spanId, service: `sealrun-${service}` });
    }
    const steps = named("step");
    expect(steps.map(({ parentSpanId }) => parentSpanId)).toEqual([attempt?.spanId, attempt?.spanId]);
    const exits = steps.map(({ fields }) => [fields["sealrun.step.index"], fields["sealrun.step.exit_code"]]);
    expect(exits).toEqual([
      [0, 0],
      [1, 3],
    ]);
    expect(steps[1]?.status).toEqual({ code: 2, message: "SCRIPT_FAILED" });
    expect(attempt?.fields).toEqual({
      "sealrun.execution.id": id,
      "sealrun.attempt": 1,
      "sealrun.code": "SCRIPT_FAILED",
    });
    expect(named("finish")[0]?.fields["sealrun.status"]).toBe("failed");
    // Each script was told its own step's span, and no other variable.
    expect(await stage.lines(id)).toEqual(
      expect.arrayContaining([
        `stdout: 00-${traceId}-${steps[0]?.spanId}-01 ***`,
        "stdout: ['TRACEPARENT']",
        `stdout: 00-${traceId}-${steps[1]?.spanId}-01`,
      ]),
    );
  });

  test.each([
    ["no header", undefined],
    ["a hostile header", `00-${traceId}-${spanId}-01-'; drop table executions`],
    ["zeros", `00-${"0".repeat(32)}-${spanId}-01`],
  ])("sealrun dev --tracing begins a trace of its own for %s", async (_what, header) => {
    const spans = await spansOf(await start(header));
    const traces = new Set(spans.map((span) => span.traceId));
    expect(traces.size).toBe(1);
    expect(traces).not.toContain(traceId);
    expect(spans.find(({ name }) => name === "sealrun.accept")?.parentSpanId).toBeUndefined();
  });

  test("sealrun dev --tracing sends nothing of a trace that the caller does not sample, and tells scripts so", async () => {
    const id = await start(`00-${traceId}-${spanId}-00`);
    // A later one has arrived by then.
    await spansOf(await start());
    expect(collector.spans.filter(({ fields }) => fields["sealrun.execution.id"] === id)).toEqual([]);
    expect((await stage.lines(id))[0]).toMatch(new RegExp(`^stdout: 00-${traceId}-[0-9a-f]{16}-00 `));
  });

  test("POST /v1/projects/:project/events continues the caller's trace in the executions that it starts", async () => {
    await stage.push("traced/hears", { "main.sh": "true", "manifest.json": { trigger_events: ["it.happened"] } });
    const sent = { json: { type: "it.happened" }, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
    const { id, started } = await ask(stage, sentEvent, ["POST", "/projects/traced/events", sent]);
    const spans = await spansAfterFirst(started[0] ?? "");
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const event = collector.spans.find(({ fields }) => fields["sealrun.event.id"] === id);
    expect(event).toMatchObject({ name: "sealrun.event", parentSpanId: spanId, traceId });
    expect(spans.find(({ name }) => name === "sealrun.queue")?.parentSpanId).toBe(event?.spanId);
  });

  test("context.events.send() of a script carries on its trace in the executions that the event starts", async () => {
    await stage.push("traced/answers", { "main.sh": "true", "manifest.json": { trigger_events: ["from.script"] } });
    await stage.push("traced/sends", {
      "main.py": 'from sealrun import context\nprint(len(context.events.send("from.script").started))',
    });
    const path = "/projects/traced/packages/sends/executions";
    const headers = { traceparent: `00-${traceId}-${spanId}-01` };
    const { id } = await ask(stage, startedExecution, ["POST", path, { json: {}, headers }]);
    const list = async () => ask(stage, executionList, ["GET", "/executions?project=traced&package=answers"]);
    await expect.poll(async () => (await list()).executions.length).toBe(1);
    const spans = await spansAfterFirst((await list()).executions[0]?.id ?? "");
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const of = (name: string): CollectedSpan | undefined =>
      collector.spans.find((span) => span.name === name && span.fields["sealrun.execution.id"] === id);
    // The sender's first span is the parent of its event, and the event that of the execution.
    expect(of("sealrun.event")).toMatchObject({ traceId, parentSpanId: of("sealrun.accept")?.spanId });
    expect(spans.find(({ name }) => name === "sealrun.queue")?.parentSpanId).toBe(of("sealrun.event")?.spanId);
  });

  test("POST /v1/projects/:project/packages/:package/executions that is refused has a span with its error", async () => {
    await stage.push("traced/asks", {
      "main.sh": "true",
      "parameters.json": { fields: [{ type: "text", name: "region", label: "Region", required: true }] },
    });
    const refusedTrace = "5".repeat(32);
    const headers = { traceparent: `00-${refusedTrace}-${spanId}-01` };
    const path = "/projects/traced/packages/asks/executions";
    await expect(ask(stage, startedExecution, ["POST", path, { json: {}, headers }])).rejects.toThrow("region");
    const own = () => collector.spans.filter((span) => span.traceId === refusedTrace);
    await expect.poll(own).toMatchObject([
      {
        name: "sealrun.accept",
        parentSpanId: spanId,
        fields: { "sealrun.code": "PARAMETER_INVALID" },
        status: { code: 2, message: "PARAMETER_INVALID" },
      },
    ]);
  });

  test("schedule of a manifest.json begins a trace for each due time", async () => {
    await stage.push("traced/ticks", { "main.sh": "true", "manifest.json": { schedule: "* * * * * *" } });
    const list = async () => ask(stage, executionList, ["GET", "/executions?project=traced&package=ticks"]);
    await expect.poll(async () => (await list()).executions.length).toBeGreaterThanOrEqual(2);
    await stage.push("traced/ticks", { "main.sh": "true", "manifest.json": {} });
    const [one, two] = (await list()).executions;
    const traces = [one, two].map(async (execution) => {
      const spans = await spansAfterFirst(execution?.id ?? "");
      const ids = new Set(spans.map((span) => span.traceId));
      expect(ids.size).toBe(1);
      const first = collector.spans.find(({ name, traceId: of }) => name === "sealrun.schedule" && ids.has(of));
      expect(spans.find(({ name }) => name === "sealrun.finish")?.parentSpanId).toBe(first?.spanId);
      return first?.traceId;
    });
    expect(new Set(await Promise.all(traces)).size).toBe(2);
  });

  test("sealrun dev --tracing names no secret, package, project or script, and no value", () => {
    expect(collector.problems).toEqual([]);
    for (const word of [canary, "TracesCanarySecret", "traced", "steps", "first.py", "second.sh", stage.token]) {
      expect(collector.text()).not.toContain(word);
    }
  });

  test("sealrun dev --tracing runs executions while the collector is away, and sends their spans when it is back", async () => {
    const port = Number(new URL(collector.url).port);
    await collector.close();
    const id = await start();
    collector = await startCollector(port);
    await spansOf(id);
  });

  test("sealrun dev --tracing traces an execution that runs again", async () => {
    const { executions } = await ask(stage, executionList, ["GET", "/executions?project=traced&package=steps"]);
    const first = executions[0]?.id ?? "";
    const { id } = await ask(stage, startedExecution, ["POST", `/executions/${first}/again`, { json: {} }]);
    await expect.poll(async () => (await stage.show(id)).status).toBe("failed");
    expect(new Set((await spansOf(id)).map((span) => span.traceId)).size).toBe(1);
  });
});
