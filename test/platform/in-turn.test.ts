import { describe, expect, test } from "vitest";
import { inTurn } from "../../packages/platform/src/in-turn.ts";

describe("inTurn()", () => {
  test("inTurn() begins a call when the one before has ended, also with an error", async () => {
    const seen: string[] = [];
    const work = inTurn(async (name: string, ms: number) => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      seen.push(`${name} ends`);
      if (name === "second") throw new TypeError("second fails");
      return name;
    });
    const ends = await Promise.allSettled([work("first", 20), work("second", 10), work("third", 0)]);
    expect(seen).toEqual(["first begins", "first ends", "second begins", "second ends", "third begins", "third ends"]);
    expect(ends).toMatchObject([{ value: "first" }, { reason: new TypeError("second fails") }, { value: "third" }]);
  });
});
