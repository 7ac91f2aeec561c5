import { describe, expect, test } from "vitest";
import { compareLines, foldSame } from "../../../../../packages/web/src/pages/execution/difference/line-difference.ts";

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line ${index}`);

describe("compareLines()", () => {
  test("compareLines() tells removed lines from added ones", () => {
    expect(compareLines(["a", "b", "c"], ["a", "x", "c"])).toEqual({
      isCut: false,
      runs: [
        { kind: "same", lines: ["a"] },
        { kind: "removed", lines: ["b"] },
        { kind: "added", lines: ["x"] },
        { kind: "same", lines: ["c"] },
      ],
    });
  });

  test("compareLines() gives up on logs that share nothing, and says when one was cut", () => {
    const others = numbers(4_000).map((line) => `other ${line}`);
    expect(compareLines(numbers(4_000), others).runs).toBeUndefined();
    expect(compareLines(numbers(6_000), numbers(6_000)).isCut).toBe(true);
  });

  test("foldSame() keeps the lines next to a difference", () => {
    const folded = foldSame(
      [
        { kind: "same", lines: numbers(20) },
        { kind: "added", lines: ["x"] },
        { kind: "same", lines: numbers(20) },
      ],
      2,
    );
    expect(folded.map((run) => (run.kind === "folded" ? run.count : run.lines.length))).toEqual([18, 2, 1, 2, 18]);
  });
});
