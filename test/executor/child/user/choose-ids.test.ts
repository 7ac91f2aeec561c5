import { describe, expect, test } from "vitest";
import { chooseIds } from "../../../../executor/src/child/user/choose-ids.ts";

const empty = { accounts: "", lent: "" };

describe("chooseIds()", () => {
  test("chooseIds() gives the ids of a range in their order", () => {
    expect(chooseIds({ first: 70_000, count: 3 }, 2, empty)).toEqual([70_000, 70_001, 70_002]);
  });

  test("chooseIds() leaves out ids of users and groups of the host, and those that are lent to a user", () => {
    const accounts = "root:x:0:0:root:/root:/bin/sh\nann:x:70001:70001::/home/ann:/bin/sh\n\nteam:x:70002:\n";
    const lent = "ann:70004:2\n";
    expect(chooseIds({ first: 70_000, count: 8 }, 4, { accounts, lent })).toEqual([70_000, 70_003, 70_006, 70_007]);
  });

  test("chooseIds() refuses a range with fewer ids than slots, and says how many there are", () => {
    const choose = () => chooseIds({ first: 70_000, count: 3 }, 4, empty);
    expect(choose).toThrow(
      "slotUids has 3 ids that no user of this machine has; the executor needs 4, two for each of its slots",
    );
  });
});
