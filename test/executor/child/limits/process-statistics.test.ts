import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  readKibibytes,
  readPageBytes,
  readStatistics,
} from "../../../../executor/src/child/limits/process-statistics.ts";

const line =
  "4 (a) b (c) S 2 3 77 0 -1 4194304 13017 0 4 0 11 12 13 14 20 0 5 0 60604 64286720 14256 18446744073709551615 4321280";

describe("readStatistics()", () => {
  test("readStatistics() reads what it needs, whatever the process is called", () => {
    expect(readStatistics(line)).toEqual({
      id: 4,
      session: 77,
      threads: 5,
      pages: 14_256,
      ownTicks: 23,
      childTicks: 27,
      startedAt: "60604",
    });
  });

  test("readStatistics() knows no process of a text that is cut or empty", () => {
    for (const text of ["", "4 (a)", "4 (a) S 1 2"]) expect(readStatistics(text)).toBeUndefined();
  });

  test("readStatistics() reads this process", () => {
    const own = readStatistics(readFileSync("/proc/self/stat", "latin1"));
    expect(own?.id).toBe(process.pid);
    expect(own?.threads).toBeGreaterThan(4);
    const bytes = (own?.pages ?? 0) * readPageBytes(readFileSync("/proc/self/auxv"));
    expect(bytes / process.memoryUsage.rss()).toBeGreaterThan(0.7);
    expect(bytes / process.memoryUsage.rss()).toBeLessThan(1.4);
  });
});

test("readKibibytes() reads a line, and 0 without it", () => {
  const text = "Name:\tx\nVmHWM:\t    1234 kB\nVmRSS:\t  10 kB\n";
  expect(readKibibytes(text, "VmHWM")).toBe(1_234 * 1024);
  expect(readKibibytes(text, "VmSwap")).toBe(0);
  expect(readKibibytes("", "VmSwap")).toBe(0);
});

test("readPageBytes() finds the page size, and assumes 4 KiB without it", () => {
  const vector = Buffer.alloc(48);
  vector.writeBigUInt64LE(3n, 0);
  vector.writeBigUInt64LE(6n, 16);
  vector.writeBigUInt64LE(65_536n, 24);
  expect(readPageBytes(vector)).toBe(65_536);
  expect(readPageBytes(vector.subarray(0, 20))).toBe(4_096);
});
