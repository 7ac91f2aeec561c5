import { expect, test } from "vitest";
import { headBytes } from "../../../../executor/src/mask/needle.ts";
import { childOf } from "../../../../executor/src/mask/match/byte-tree.ts";
import {
  addNeedles,
  createNeedleTrie,
  endsAnywhere,
  endsHead,
  endsWord,
  type NeedleTrie,
  openLater,
} from "../../../../executor/src/mask/match/needle-trie.ts";
import { addNeedle, needleOf } from "../support.ts";

function nodeOf(trie: NeedleTrie, bytes: Uint8Array): number {
  return bytes.reduce((node, byte) => (node === -1 ? -1 : childOf(trie, node, byte) || -1), 0);
}

test("addNeedles() keeps every needle while the trie grows, and no other", () => {
  const trie = createNeedleTrie();
  const needles = Array.from({ length: 500 }, (_, index) => Buffer.from(`needle-${index * 7919}-${index}`));
  for (const needle of needles) addNeedle(trie, needleOf(needle));
  for (const needle of needles) expect(trie.ends[nodeOf(trie, needle)]).toBe(endsAnywhere);
  expect(nodeOf(trie, Buffer.from("needle-x"))).toBe(-1);
});

test("addNeedles() of a known needle does not change the generation", () => {
  const trie = createNeedleTrie();
  const needles = [Buffer.from("needle"), Buffer.alloc(headBytes + 1, "long")];
  for (const needle of needles) addNeedle(trie, needleOf(needle));
  const before = { generation: trie.generation, count: trie.count };
  for (const needle of needles) addNeedle(trie, needleOf(needle));
  expect({ generation: trie.generation, count: trie.count }).toEqual(before);
});

test("addNeedles() keeps only the head of a long needle in the trie", () => {
  const trie = createNeedleTrie();
  addNeedle(trie, needleOf(Buffer.alloc(10_000, "abcdefg")));
  addNeedle(trie, needleOf(Buffer.alloc(20_000, "abcdefg")));
  expect(trie.count).toBe(headBytes + 1);
  expect([...trie.unopened.values()].map((needles) => needles.length)).toEqual([2]);
});

test("addNeedles() takes a short head for a long needle, and lets a needle hide anywhere that another hides as a word", () => {
  const trie = createNeedleTrie();
  addNeedle(trie, needleOf("localhost", "word"));
  const node = nodeOf(trie, Buffer.from("localhost"));
  expect(trie.ends[node]).toBe(endsWord);
  addNeedle(trie, needleOf("localhost.example", "anywhere", 9));
  const both = endsWord | endsAnywhere | endsHead;
  expect([trie.ends[node], trie.count, trie.unopened.get(node)?.length]).toEqual([both, 10, 1]);
  addNeedle(trie, needleOf("localhost", "word"));
  expect(trie.ends[node]).toBe(both);
});

test("addNeedles() adds starts only of later ones, and openLater() adds the needles behind one of them", () => {
  const trie = createNeedleTrie();
  const bytes = Buffer.from("start-of-a-needle");
  const later = [{ starts: [bytes.subarray(0, 5), Buffer.from("other")], needles: () => [needleOf(bytes)] }];
  expect(addNeedles(trie, { now: [], later }, () => true)).toBe(true);
  expect(trie.count).toBe(1 + 5 + 5);
  openLater(trie, nodeOf(trie, bytes.subarray(0, 5)));
  expect(trie.ends[nodeOf(trie, bytes)]).toBe(endsAnywhere);
});

test("addNeedles() stays fast when thousands of long needles have one head", () => {
  const trie = createNeedleTrie();
  const head = Buffer.alloc(headBytes, "h");
  const started = performance.now();
  for (let index = 0; index < 50_000; index += 1) {
    addNeedle(trie, needleOf(Buffer.concat([head, Buffer.from(String(index))])));
  }
  expect(performance.now() - started).toBeLessThan(10_000);
});
