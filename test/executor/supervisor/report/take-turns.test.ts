import { describe, expect, it } from "vitest";
import { createTurns } from "../../../../executor/src/supervisor/report/take-turns.ts";

describe("createTurns()", () => {
  it("runs at most its width at once and all in the end, in order, also after a failure", async () => {
    const takeTurns = createTurns(2);
    const started: number[] = [];
    let running = 0;
    let highest = 0;
    const work = async (number: number): Promise<number> => {
      started.push(number);
      running += 1;
      highest = Math.max(highest, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (number === 2) throw new TypeError("the third fails");
      return number;
    };
    const ends = await Promise.allSettled(
      [0, 1, 2, 3, 4, 5].map(async (number) => takeTurns(async () => work(number))),
    );
    expect(ends.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, true, true, true]);
    expect(started).toEqual([0, 1, 2, 3, 4, 5]);
    expect(highest).toBe(2);
  });
});
