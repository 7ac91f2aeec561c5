import { limits } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideFate } from "../../../packages/platform/src/sweep/lose-attempt.ts";

const lost = { attempt: 1, onLost: "rerun", isCancelRequested: false, isGranted: true, lostBefore: 0 } as const;

describe("decideFate()", () => {
  it("runs a package again that asks for it, until it was lost too often", () => {
    const fates = Array.from({ length: limits.lostReruns + 2 }, (_, lostBefore) => decideFate({ ...lost, lostBefore }));
    expect(fates).toEqual([...Array.from({ length: limits.lostReruns }, () => "rerun"), "lost", "lost"]);
  });

  it("never runs a script again that may have started, unless its package says so and it was not cancelled", () => {
    const facts = fc.record({
      attempt: fc.integer({ min: 1, max: 99 }),
      onLost: fc.constantFrom("fail" as const, "rerun" as const),
      isCancelRequested: fc.boolean(),
      isGranted: fc.boolean(),
      lostBefore: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const runsAgain = ["rerun", "given-back"].includes(decideFate(given));
        if (given.isCancelRequested) expect(runsAgain).toBe(false);
        if (given.isGranted && given.onLost === "fail") expect(runsAgain).toBe(false);
      }),
    );
  });

  it("gives back what never had a grant, and cancels it when that was asked for", () => {
    expect(decideFate({ ...lost, isGranted: false, onLost: "fail" })).toBe("given-back");
    expect(decideFate({ ...lost, isGranted: false, isCancelRequested: true })).toBe("cancelled");
  });
});
