import { expect, test } from "vitest";
import { parseTimeOrAge } from "../../packages/cli/src/parse-time-or-age.ts";
import { refusalOf } from "../support/refusal.ts";

const parseSince = parseTimeOrAge("--since");

test("parseTimeOrAge() keeps a time, and counts back from now", () => {
  expect(parseSince("2026-01-31T12:00:00+02:00")).toBe("2026-01-31T12:00:00+02:00");
  const since = parseSince("2h");
  const ago = Date.now() - Date.parse(since);
  expect(ago).toBeGreaterThanOrEqual(7_200_000);
  expect(ago).toBeLessThan(7_260_000);
});

test.each(["yesterday", "2026-01-31", "0d", "-1h", "1w", ""])(
  "parseTimeOrAge() refuses %j, and names the option",
  (text) => {
    expect(refusalOf(() => parseSince(text))).toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(/^--since: expected/),
    });
  },
);
