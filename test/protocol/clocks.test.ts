import { aheadBy, judgeClocks, limits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";

describe("aheadBy()", () => {
  test.each([
    ["inside the round trip", 1_500, 0],
    ["at the question", 1_000, 0],
    ["at the answer", 2_000, 0],
    ["after the answer", 2_600, 600],
    ["before the question", 400, -600],
  ])("aheadBy() of a clock that stood %s", (_, clock, expected) => {
    expect(aheadBy(clock, { askedAt: 1_000, answeredAt: 2_000 })).toBe(expected);
  });

  test("aheadBy() sees a clock of this machine that was set back between question and answer", () => {
    expect(aheadBy(10_000, { askedAt: 10_000, answeredAt: 4_000 })).toBe(6_000);
  });
});

describe("judgeClocks()", () => {
  const names = { own: "host-1", other: "PostgreSQL" };

  test.each([0, limits.clockApartMs, -limits.clockApartMs])("judgeClocks() has nothing to say of %d ms", (aheadMs) => {
    expect(judgeClocks(aheadMs, names)).toBeUndefined();
  });

  test.each([
    [3_600_000, "The clock of host-1 is 3600 seconds behind that of PostgreSQL; "],
    [-20_001, "The clock of host-1 is 20 seconds ahead of that of PostgreSQL; "],
  ])("judgeClocks() names both machines and the difference of %d ms", (aheadMs, sentence) => {
    expect(judgeClocks(aheadMs, names)).toMatchObject({
      code: "CLOCK_WRONG",
      message: `${sentence}check the time service (NTP) on both machines`,
    });
  });
});
