import { describe, expect, test } from "vitest";
import { growthPerDay } from "../../../packages/platform/src/health/growth.ts";

const dayMs = 86_400_000;
const now = { bytes: 5_000, rows: 50, atMs: 10 * dayMs };
const unknown = { bytesPerDay: null, rowsPerDay: null };

describe("growthPerDay()", () => {
  test("growthPerDay() divides by the days that have passed, also when a table shrank", () => {
    expect(growthPerDay({ bytes: 1_000, rows: 10, atMs: 8 * dayMs }, now)).toEqual({
      bytesPerDay: 2_000,
      rowsPerDay: 20,
    });
    expect(growthPerDay({ bytes: 9_000, rows: 70, atMs: 6 * dayMs }, now)).toEqual({
      bytesPerDay: -1_000,
      rowsPerDay: -5,
    });
    expect(growthPerDay({ bytes: 4_000, rows: 50, atMs: 9.5 * dayMs }, now)).toEqual({
      bytesPerDay: 2_000,
      rowsPerDay: 0,
    });
  });

  test("growthPerDay() is unknown without an earlier measurement, or with one of less than half a day ago", () => {
    expect(growthPerDay(undefined, now)).toEqual(unknown);
    expect(growthPerDay({ bytes: 1_000, rows: 10, atMs: 9.6 * dayMs }, now)).toEqual(unknown);
  });
});
