import { SealrunError } from "@sealrun/protocol";
import { createTracer, inSpan } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { startCollector } from "../../support/collector.ts";

test("inSpan() ends the span of what succeeds and of what is refused, and passes both on", async () => {
  const collector = await startCollector();
  const tracer = createTracer({ endpoint: collector.url }, { service: "test", log: { warn: () => undefined } });
  const fields = (id: string | undefined) => ({ "sealrun.execution.id": id });
  const refuse = async (error: Error): Promise<string> => {
    throw error;
  };
  expect(await inSpan(tracer.begin("given"), async () => "exe_1", fields)).toBe("exe_1");
  expect(await inSpan(undefined, async () => "exe_2", fields)).toBe("exe_2");
  const refused = new SealrunError("PARAMETER_INVALID", "text with a s3cret");
  await expect(inSpan(tracer.begin("refused"), async () => refuse(refused), fields)).rejects.toBe(refused);
  const broken = new TypeError("another s3cret");
  await expect(inSpan(tracer.begin("broken"), async () => refuse(broken), fields)).rejects.toBe(broken);
  await tracer.close();
  expect(collector.spans.map((span) => [span.name, span.fields, span.status])).toEqual([
    ["given", { "sealrun.execution.id": "exe_1" }, {}],
    ["refused", { "sealrun.code": "PARAMETER_INVALID" }, { code: 2, message: "PARAMETER_INVALID" }],
    ["broken", { "sealrun.code": "INTERNAL" }, { code: 2, message: "INTERNAL" }],
  ]);
  expect(collector.text()).not.toContain("s3cret");
  await collector.close();
});
