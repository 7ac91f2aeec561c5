import { describe, expect, test } from "vitest";
import { type FeedEntry, packBlocks, unpackBlock } from "../../../packages/platform/src/feed/feed-block.ts";
import { isMergeDue, mergeBlocks, type PlacedBlock } from "../../../packages/platform/src/feed/merge-blocks.ts";

const line = (text: string): FeedEntry => ({
  kind: "log",
  step: null,
  stream: "stdout",
  body: { step: null, level: null, text, time: "2026-01-01T00:00:00.000Z" },
});
const lines = (from: number, to: number): FeedEntry[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(`${from + index}`));
/** A block of the lines with these cursors. */
const placed = (from: number, to: number): PlacedBlock => {
  const [block] = packBlocks(lines(from, to), { mayGrow: true });
  return { lastCursor: BigInt(to), count: to - from + 1, body: block?.body ?? new Uint8Array() };
};
const textsOf = ({ body, count }: { readonly body: Uint8Array; readonly count: number }): readonly string[] => {
  const read = unpackBlock(body, count);
  return read.kind === "damaged" ? [] : read.entries.map((entry) => (entry.kind === "log" ? entry.body.text : ""));
};

test("isMergeDue() holds for the 16th live block, and for the 8th if it is the last", () => {
  expect([14, 15, 16].map((live) => isMergeDue({ live, isLast: false }))).toEqual([false, true, true]);
  expect([6, 7, 16].map((live) => isMergeDue({ live, isLast: true }))).toEqual([false, true, true]);
});

describe("mergeBlocks()", () => {
  test("mergeBlocks() makes one block of neighbours", () => {
    const { removed, added } = mergeBlocks([placed(1, 2), placed(3, 3), placed(4, 5)]);
    expect(removed).toEqual([2n, 3n, 5n]);
    expect(added).toMatchObject([{ lastCursor: 5n, count: 5, isLive: false }]);
    expect(added.flatMap(textsOf)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("mergeBlocks() leaves the place of a full block between live ones", () => {
    const { removed, added } = mergeBlocks([placed(1, 2), placed(3, 4), placed(10, 11)]);
    expect(removed).toEqual([2n, 4n, 11n]);
    expect(added.map(({ lastCursor, count }) => [lastCursor, count])).toEqual([
      [4n, 4],
      [11n, 2],
    ]);
  });

  test("mergeBlocks() leaves a damaged block as it is", () => {
    const damaged = { ...placed(3, 3), body: Buffer.from("[broken") };
    const { removed, added } = mergeBlocks([placed(1, 2), damaged, placed(4, 4), placed(5, 5)]);
    expect(removed).toEqual([2n, 4n, 5n]);
    expect(added.map(({ lastCursor, count }) => [lastCursor, count])).toEqual([
      [2n, 2],
      [5n, 2],
    ]);
  });

  test("mergeBlocks() cuts what is over 32 KiB into several blocks, each with its cursor", () => {
    const live = Array.from({ length: 16 }, (_, index) => placed(index * 500 + 1, index * 500 + 500));
    const { added } = mergeBlocks(live);
    expect(added.length).toBeGreaterThan(4);
    expect(added.length).toBeLessThan(16);
    let cursor = 0n;
    for (const block of added) expect(block.lastCursor).toBe((cursor += BigInt(block.count)));
    expect(cursor).toBe(8_000n);
  });
});
