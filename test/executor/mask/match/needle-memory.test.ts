import { expect, test } from "vitest";
import { splitNeedlesOf } from "../../../../executor/src/mask/forms/needles.ts";
import { bytesIn, type Fits, fitsPlain, growthBy, sizeFor } from "../../../../executor/src/mask/match/needle-memory.ts";
import { addNeedles, createNeedleTrie } from "../../../../executor/src/mask/match/needle-trie.ts";

test("bytesIn() counts every array that the trie has", () => {
  const trie = createNeedleTrie();
  for (let index = 0; index < 200; index += 1) addNeedles(trie, splitNeedlesOf(`value number ${index}`), fitsPlain);
  const { labels, links, depths, ends, suffixes, shorterEnds, linked, forks, filter, memory } = trie;
  const arrays = [labels, links, depths, ends, suffixes, shorterEnds, linked, forks, filter.bits];
  const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0) + memory.otherBytes;
  expect(Math.abs(bytesIn(trie) - bytes)).toBeLessThan(8);
});

test("growthBy() is at least what is added", () => {
  for (const value of ['p@ss/w0rd "é"', { key: "a value in a structure", port: 123_456 }, "two\nlines with text"]) {
    const trie = createNeedleTrie();
    const needles = splitNeedlesOf(value);
    const growth = growthBy(needles.now, needles.later);
    addNeedles(trie, needles, fitsPlain);
    expect(trie.count - 1).toBeLessThanOrEqual(growth.nodes);
    expect(trie.forkCount).toBeLessThanOrEqual(growth.forks);
  }
});

test("sizeFor() makes room for more than is asked for, or for just that, or says that it does not fit", () => {
  const trie = createNeedleTrie();
  const size = trie.labels.length;
  const growth = { nodes: size, forks: 0, otherBytes: 0 };
  const nothing: Fits = (_, bytes) => bytes <= 0;
  expect(sizeFor(trie, growth, () => true)).toBe(Math.ceil(size * 1.5));
  expect(sizeFor(trie, growth, (_, bytes) => bytes <= 13)).toBe(size + 1);
  expect(sizeFor(trie, growth, nothing)).toBeUndefined();
  expect(sizeFor(trie, { ...growth, nodes: 1 }, nothing)).toBe(size);
  expect(sizeFor(trie, { ...growth, nodes: 1, otherBytes: 1 }, nothing)).toBeUndefined();
});
