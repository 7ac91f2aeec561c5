import { describe, expect, test } from "vitest";
import { createBatchSize } from "../../../packages/platform/src/reports/batch-size.ts";

const chunk = (lines: number) => ({ report: { items: Array.from({ length: lines }, () => "line") } });
const sizes = (chunks: readonly ReturnType<typeof chunk>[]) => chunks.map(({ report }) => report.items.length);

describe("createBatchSize()", () => {
  test("createBatchSize() takes the chunks that fit, and a single one that is too large", () => {
    const size = createBatchSize(10);
    expect(sizes(size.take([chunk(4), chunk(6), chunk(1)]))).toEqual([4, 6]);
    expect(sizes(size.take([chunk(30), chunk(1)]))).toEqual([30]);
    expect(size.take([])).toEqual([]);
  });

  test("createBatchSize() halves after a failure down to one chunk, and doubles up to its maximum", () => {
    const size = createBatchSize(10);
    const chunks = Array.from({ length: 20 }, () => chunk(1));
    const taken: number[] = [];
    for (const isStored of [false, false, false, false, false, true, true, true, true, true]) {
      size.note(isStored, size.take(chunks));
      taken.push(size.take(chunks).length);
    }
    expect(taken).toEqual([5, 2, 1, 1, 1, 2, 4, 8, 10, 10]);
  });

  test("createBatchSize() halves what was tried, however far that was below the maximum", () => {
    const size = createBatchSize(5_000);
    const chunks = Array.from({ length: 12 }, () => chunk(3));
    size.note(false, chunks);
    expect(size.take(chunks)).toHaveLength(6);
    size.note(false, size.take(chunks));
    expect(size.take(chunks)).toHaveLength(3);
    size.note(false, [chunk(9_000)]);
    expect(size.take(chunks)).toHaveLength(1);
  });
});
