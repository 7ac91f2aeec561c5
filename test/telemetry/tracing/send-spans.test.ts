import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sendSpans } from "../../../packages/telemetry/src/tracing/send-spans.ts";
import { type Collector, startCollector } from "../../support/collector.ts";
import { freePort } from "../../support/free-port.ts";

let collector: Collector;
const said: object[] = [];
const log = { warn: (fields: object) => void said.push(fields) };
beforeEach(async () => {
  said.length = 0;
  collector = await startCollector();
});
afterEach(async () => collector.close());

const span = (place: number) =>
  ({
    name: "sealrun.step",
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: (place + 1).toString(16).padStart(16, "0"),
    parentSpanId: undefined,
    startMs: 1_764_000_000_000,
    endMs: 1_764_000_000_001,
    kind: "internal",
    fields: { place },
    code: undefined,
  }) as const;
const places = (): readonly unknown[] => collector.spans.map(({ fields }) => fields["place"]);

describe("sendSpans()", () => {
  test("sendSpans() sends spans together, in order, and what is left when it is closed", async () => {
    const sender = sendSpans({ endpoint: collector.url, service: "test", log });
    for (let place = 0; place < 600; place += 1) sender.add(span(place));
    await expect.poll(() => collector.spans.length).toBe(600);
    sender.add(span(600));
    await sender.close();
    expect(places()).toEqual(Array.from({ length: 601 }, (_, place) => place));
    expect(collector.spans[0]?.service).toBe("test");
    expect(said).toEqual([]);
  });

  test("sendSpans() keeps spans while the collector refuses them, and says so once a minute", async () => {
    collector.answerWith(503);
    const sender = sendSpans({ endpoint: collector.url, service: "test", log });
    sender.add(span(0));
    await expect
      .poll(() => said)
      .toEqual([{ endpoint: collector.url, reason: "HTTP status 503", waiting: 1, dropped: 0 }]);
    collector.answerWith(200);
    sender.add(span(1));
    await expect.poll(places).toEqual([0, 1]);
    expect(said).toHaveLength(1);
    await sender.close();
  });

  test("sendSpans() drops spans that the collector refuses for what they are, and sends those after them", async () => {
    collector.answerWith(400);
    const sender = sendSpans({ endpoint: collector.url, service: "test", log });
    sender.add(span(0));
    await expect
      .poll(() => said)
      .toEqual([{ endpoint: collector.url, reason: "HTTP status 400", waiting: 0, dropped: 1 }]);
    collector.answerWith(200);
    sender.add(span(1));
    await expect.poll(places).toEqual([1]);
    await sender.close();
  });

  test("sendSpans() drops the oldest spans over 2048 while nothing answers, and its close does not wait", async () => {
    const port = await freePort();
    const sender = sendSpans({ endpoint: `http://127.0.0.1:${port}`, service: "test", log });
    for (let place = 0; place < 3_000; place += 1) sender.add(span(place));
    await expect
      .poll(() => said)
      .toEqual([expect.objectContaining({ reason: "no connection", waiting: 2_048, dropped: 952 })]);
    const late = await startCollector(port);
    await expect.poll(() => late.spans.length).toBe(2_048);
    expect(late.spans[0]?.fields["place"]).toBe(952);
    await late.close();
    sender.add(span(0));
    await sender.close();
  });
});
