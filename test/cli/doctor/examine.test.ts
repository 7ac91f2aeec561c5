import { describe, expect, test } from "vitest";
import { examine, judgeOwnClock, judgePool, judgeVersion } from "../../../packages/cli/src/doctor/examine.ts";
import { SealrunError } from "@sealrun/protocol";

const platform = { version: "0.1.0", startedAt: "", memoryBytes: 1, node: "v24.0.0" };

describe("judgeVersion()", () => {
  test("judgeVersion() warns of a platform of another version", () => {
    expect(judgeVersion("0.1.0", { platform }).state).toBe("good");
    expect(judgeVersion("0.2.0", { platform })).toMatchObject({
      state: "warning",
      sentence: expect.stringContaining("use the same version"),
    });
  });
});

describe("judgeOwnClock()", () => {
  const at = Date.parse("2027-01-31T06:00:00Z");

  test("judgeOwnClock() finds a clock that is far from the platform's", () => {
    const asked = { askedAt: at - 10, answeredAt: at + 10 };
    expect(judgeOwnClock({ checkedAt: "2027-01-31T06:00:00Z" }, asked).state).toBe("good");
    expect(judgeOwnClock({ checkedAt: "2027-01-31T05:00:00Z" }, asked)).toMatchObject({
      state: "bad",
      sentence: expect.stringContaining("The clock of this machine is 3600 seconds ahead of that of the platform"),
    });
  });
});

describe("judgePool()", () => {
  const pool = { name: "gpu", executors: 0, slots: 0, running: 0, queued: 0, oldestQueuedAt: null };

  test("judgePool() finds a pool in which nothing can run", () => {
    expect(judgePool({ ...pool, queued: 3 })).toEqual({
      name: "pool",
      state: "bad",
      sentence: "gpu has no executor, and 3 queued; start an executor of this pool",
    });
    expect(judgePool(pool).state).toBe("warning");
    expect(judgePool({ ...pool, executors: 1, slots: 4, running: 2 })).toEqual({
      name: "pool",
      state: "good",
      sentence: "gpu: 1 executor, 2 of 4 slots in use, 0 queued",
    });
  });
});

describe("examine()", () => {
  const fails = (message: string) => async (): Promise<never> => {
    throw new SealrunError("CONFIG_INVALID", message);
  };

  test("examine() goes on when the platform or one settings file cannot be used", async () => {
    const good = { name: "disk", state: "good", sentence: "There is room" } as const;
    const checks = await examine({
      version: "0.1.0",
      connect: fails("no platform"),
      executors: [
        { file: "a.json", findings: fails("a.json: no") },
        { file: "b.json", findings: async () => [good] },
      ],
    });
    expect(checks).toEqual([
      { name: "platform", state: "bad", sentence: "no platform" },
      { name: "settings", state: "bad", sentence: "a.json: no" },
      { ...good, sentence: "b.json: There is room" },
    ]);
  });
});
