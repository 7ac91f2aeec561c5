import { expect, test } from "vitest";
import {
  addNeedle,
  childOf,
  createNeedleTrie,
  headBytes,
  type NeedleTrie,
} from "../../../executor/src/mask/needle-trie.ts";

function nodeOf(trie: NeedleTrie, bytes: Uint8Array): number {
  return bytes.reduce((node, byte) => (node === -1 ? -1 : childOf(trie, node, byte) || -1), 0);
}

test("addNeedle() keeps every needle while the trie grows, and no other", () => {
  const trie = createNeedleTrie();
  const needles = Array.from({ length: 500 }, (_, index) => Buffer.from(`needle-${index * 7919}-${index}`));
  for (const needle of needles) addNeedle(trie, needle);
  for (const needle of needles) expect(trie.ends[nodeOf(trie, needle)]).toBe(1);
  expect(nodeOf(trie, Buffer.from("needle-x"))).toBe(-1);
});

test("addNeedle() of a known needle does not change the generation", () => {
  const trie = createNeedleTrie();
  const needles = [Buffer.from("needle"), Buffer.alloc(headBytes + 1, "long")];
  for (const needle of needles) addNeedle(trie, needle);
  const before = { generation: trie.generation, count: trie.count };
  for (const needle of needles) addNeedle(trie, needle);
  expect({ generation: trie.generation, count: trie.count }).toEqual(before);
});

test("addNeedle() keeps only the head of a long needle in the trie", () => {
  const trie = createNeedleTrie();
  addNeedle(trie, Buffer.alloc(10_000, "abcdefg"));
  addNeedle(trie, Buffer.alloc(20_000, "abcdefg"));
  expect(trie.count).toBe(headBytes + 1);
  expect([...trie.longNeedles.values()].map((needles) => needles.length)).toEqual([2]);
});
