import { describe, expect, test } from "vitest";
import { cutTime, fillSpans } from "../../../packages/platform/src/overview/statistics.ts";
import { refusalOf } from "../../support/refusal.ts";

const hour = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe("cutTime()", () => {
  test("cutTime() starts spans at multiples of a length that people know, and reaches over both ends", () => {
    const spans = cutTime(at("2027-01-31T06:07:08Z"), at("2027-02-01T06:07:08Z"), 48);
    expect(spans).toEqual({
      sinceMs: at("2027-01-31T06:00:00Z"),
      untilMs: at("2027-02-01T06:30:00Z"),
      bucketMs: hour / 2,
    });
  });

  test.each([
    [1, 48, 1_000],
    [hour, 60, 60_000],
    [7 * 24 * hour, 48, 4 * hour],
    [30 * 24 * hour, 48, 24 * hour],
    [1_000 * 24 * hour, 10, 100 * 24 * hour],
  ])("cutTime() cuts %d ms for %d spans into spans of %d ms", (timeMs, buckets, bucketMs) => {
    const spans = cutTime(at("2027-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z") + timeMs, buckets);
    expect(spans.bucketMs).toBe(bucketMs);
    expect((spans.untilMs - spans.sinceMs) / bucketMs).toBeLessThanOrEqual(buckets + 1);
  });

  test("cutTime() refuses a time that ends before it starts", () => {
    expect(refusalOf(() => cutTime(2, 2, 48))).toMatchObject({ code: "BAD_REQUEST" });
  });
});

describe("fillSpans()", () => {
  const none = { queued: 0, running: 0, succeeded: 0, failed: 0, lost: 0, cancelled: 0 };

  test("fillSpans() gives every span in order, empty ones too, and the sums of all", () => {
    const filled = fillSpans({ sinceMs: 0, untilMs: 3_000, bucketMs: 1_000 }, [
      { atMs: 2_000, counts: { ...none, failed: 2, succeeded: 1 }, medianMs: 5, p95Ms: 9 },
      { atMs: 0, counts: { ...none, succeeded: 3 }, medianMs: 7, p95Ms: 8 },
    ]);
    expect(filled).toEqual({
      since: "1970-01-01T00:00:00.000Z",
      until: "1970-01-01T00:00:03.000Z",
      bucketMs: 1_000,
      counts: { ...none, succeeded: 4, failed: 2 },
      buckets: [
        { at: "1970-01-01T00:00:00.000Z", counts: { ...none, succeeded: 3 }, medianMs: 7, p95Ms: 8 },
        { at: "1970-01-01T00:00:01.000Z", counts: none, medianMs: null, p95Ms: null },
        { at: "1970-01-01T00:00:02.000Z", counts: { ...none, succeeded: 1, failed: 2 }, medianMs: 5, p95Ms: 9 },
      ],
    });
  });
});
