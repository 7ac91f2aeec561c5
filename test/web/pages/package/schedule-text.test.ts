import { manifestSchema } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { scheduleText, spanText } from "../../../../packages/web/src/pages/package/schedule-text.ts";

test.each([
  [{}, undefined],
  [{ schedule: "0 7 * * *" }, "every day at 07:00 (UTC)"],
  [{ schedule: "0 7 1 1 MON" }, "at 0 7 1 1 MON (UTC)"],
  [
    { schedule: { cron: "0 7 * * *", timezone: "Europe/Zurich", missed: "run_once" }, trigger_events: ["a", "b"] },
    "every day at 07:00 (Europe/Zurich), one run for missed starts; on a, b",
  ],
])("scheduleText() says when %j starts", (manifest, said) =>
  expect(scheduleText(manifestSchema.parse(manifest))).toBe(said),
);

test("spanText() is as short as it can be", () =>
  expect([500, 30_000, 90_000, 7_200_000].map(spanText)).toEqual(["500 ms", "30 s", "1.5 min", "2 h"]));
