import { previewRetention, setRetention } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";

describe("setRetention", () => {
  test.each([
    [90, 30],
    [30, 30],
    [1, 1],
    [3_650, 3_650],
    [0, 0],
    [0, 3_650],
  ])("setRetention takes %i days for executions and %i for logs", (executionsDays, logsDays) => {
    expect(setRetention.safeParse({ executionsDays, logsDays }).success).toBe(true);
  });

  test.each([
    [30, 31],
    [30, 0],
    [-1, 1],
    [3_651, 1],
    [1.5, 1],
  ])("setRetention refuses %d days for executions with %i for logs", (executionsDays, logsDays) => {
    expect(setRetention.safeParse({ executionsDays, logsDays }).success).toBe(false);
  });
});

describe("previewRetention", () => {
  test("previewRetention reads whole numbers from a query, and nothing else", () => {
    expect(previewRetention.parse({ executionsDays: "90", logsDays: "30" })).toEqual({
      executionsDays: 90,
      logsDays: 30,
    });
    for (const text of ["", " 1", "1e1", "0x1", "1.5", "-1", "99999"]) {
      expect(previewRetention.safeParse({ executionsDays: "90", logsDays: text }).success, text).toBe(false);
    }
  });
});
