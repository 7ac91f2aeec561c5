import { executionStatistics } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const statistics = async (query: string) =>
  ask(world.platform, executionStatistics, ["GET", `/executions/statistics${query}`]);

/** Starts an execution and moves it in time: how it ended, when it was accepted, how long it took. */
async function past(name: string, status: string, createdAt: string, tookMs: number | null): Promise<void> {
  await world.database.run(
    `update executions set status = $2, created_at = $3::timestamptz, started_at = $3::timestamptz + interval '5 s',
       finished_at = $3::timestamptz + interval '5 s' + $4 * interval '1 millisecond' where id = $1`,
    [await world.start(name, { notBefore: "2100-01-01T00:00:00Z" }), status, createdAt, tookMs],
  );
}

describe("GET /executions/statistics", () => {
  test("GET /executions/statistics counts by status and span, with median and p95 of the time from start to end", async () => {
    await past("report", "succeeded", "2026-01-31T06:00:00Z", 100);
    await past("report", "failed", "2026-01-31T06:29:59.999Z", 300);
    await past("report", "running", "2026-01-31T06:10:00Z", null);
    await past("report", "succeeded", "2026-01-31T07:00:00Z", 1_000);
    await past("report", "lost", "2026-01-30T00:00:00Z", 1_000);
    const found = await statistics("?since=2026-01-31T06:00:00Z&until=2026-01-31T07:30:00Z&buckets=3");
    expect(found).toMatchObject({
      since: "2026-01-31T06:00:00.000Z",
      until: "2026-01-31T07:30:00.000Z",
      bucketMs: 1_800_000,
      counts: { succeeded: 2, failed: 1, running: 1, lost: 0, queued: 0, cancelled: 0 },
      buckets: [
        { at: "2026-01-31T06:00:00.000Z", counts: { succeeded: 1, failed: 1, running: 1 }, medianMs: 200, p95Ms: 290 },
        { at: "2026-01-31T06:30:00.000Z", counts: { succeeded: 0 }, medianMs: null, p95Ms: null },
        { at: "2026-01-31T07:00:00.000Z", counts: { succeeded: 1 }, medianMs: 1_000, p95Ms: 1_000 },
      ],
    });
    const failed = await statistics("?status=failed,lost&since=2026-01-31T06:00:00Z&until=2026-01-31T07:30:00Z");
    expect(failed.counts).toMatchObject({ succeeded: 0, failed: 1, lost: 0 });
  });

  test("GET /executions/statistics takes the last 24 hours without a time, and the list's filters", async () => {
    await world.push("counted");
    await world.start("counted");
    const found = await statistics("?project=ACME&package=counted");
    expect(found.counts.queued).toBe(1);
    expect(found.bucketMs).toBe(1_800_000);
    expect(found.buckets.length).toBeGreaterThanOrEqual(48);
    expect(found.buckets.length).toBeLessThanOrEqual(49);
    expect((await statistics("?project=acme&package=counted&trigger=event")).counts.queued).toBe(0);
  });

  test.each([
    ["buckets=0", "buckets"],
    ["buckets=201", "buckets"],
    ["since=2027-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "Expected since before until"],
    ["status=odd", "status: expected some of"],
  ])("GET /executions/statistics refuses %s", async (query, sentence) => {
    const refusal = await refused(send(world.platform, "GET", `/executions/statistics?${query}`));
    expect(refusal).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(refusal.message).toContain(sentence);
  });
});
