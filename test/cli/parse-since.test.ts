import { expect, test } from "vitest";
import { parseSince } from "../../packages/cli/src/parse-since.ts";
import { refusalOf } from "../support/refusal.ts";

test("parseSince() keeps a time, and counts back from now", () => {
  expect(parseSince("2026-01-31T12:00:00+02:00")).toBe("2026-01-31T12:00:00+02:00");
  const since = parseSince("2h");
  const ago = Date.now() - Date.parse(since);
  expect(ago).toBeGreaterThanOrEqual(7_200_000);
  expect(ago).toBeLessThan(7_260_000);
});

test.each(["yesterday", "2026-01-31", "0d", "-1h", "1w", ""])("parseSince() refuses %j", (text) => {
  expect(refusalOf(() => parseSince(text)).code).toBe("USAGE");
});
