import { describe, expect, test } from "vitest";
import type { ProcessStatistics } from "../../../../executor/src/child/limits/process-statistics.ts";
import { createProcessorTime } from "../../../../executor/src/child/limits/processor-time.ts";

function seen(id: number, ownTicks: number, childTicks = 0, startedAt = "1"): ProcessStatistics {
  return { id, session: 1, threads: 1, pages: 1, ownTicks, childTicks, startedAt };
}

describe("createProcessorTime()", () => {
  test("createProcessorTime() adds up processes and their children that ended", () => {
    const time = createProcessorTime();
    expect(time.add([seen(2, 3), seen(3, 4)])).toBe(70);
    expect(time.add([seen(2, 3, 6)])).toBe(90);
  });

  test("createProcessorTime() keeps the time of a process that no other waited for", () => {
    const time = createProcessorTime();
    time.add([seen(2, 1), seen(3, 100)]);
    expect(time.add([seen(2, 2)])).toBe(1_020);
    expect(time.add([seen(2, 3), seen(3, 5, 0, "9")])).toBe(1_080);
  });

  test("createProcessorTime() never goes down", () => {
    const time = createProcessorTime();
    time.add([seen(2, 1, 50)]);
    expect(time.add([])).toBe(510);
  });
});
