import { expect, test } from "vitest";
import { createLongNeedles } from "../../../../executor/src/mask/match/follow-needles.ts";
import { createMaskWindow } from "../../../../executor/src/mask/match/mask-window.ts";
import { createNeedleTrie } from "../../../../executor/src/mask/match/needle-trie.ts";
import { addNeedle, needleOf } from "../support.ts";

const head = "h".repeat(64);

test("createLongNeedles() hides bytes that match the needle, and stops where they differ", () => {
  const trie = createNeedleTrie();
  addNeedle(trie, needleOf(`${head}abcdef`));
  const [headNode = 0] = [...trie.unopened.keys()];
  const window = createMaskWindow(0);
  const long = createLongNeedles(trie, window);
  window.append(Buffer.from(`${head}ab`));
  long.found(headNode, 64, 64);
  long.follow(0, false);
  window.append(Buffer.from("cdXef"));
  long.follow(66, false);
  expect([...window.hidden].slice(64)).toEqual([1, 1, 1, 1, 0, 0, 0]);
});

test("createLongNeedles() hides to the end of the line what there is no memory to follow", () => {
  const trie = createNeedleTrie({ maxBytes: 0, onFull: () => undefined });
  addNeedle(trie, needleOf(`${head}abcdef`));
  const [headNode = 0] = [...trie.unopened.keys()];
  const window = createMaskWindow(0);
  const long = createLongNeedles(trie, window);
  window.append(Buffer.from(`${head}ab`));
  long.found(headNode, 64, 64);
  long.follow(0, false);
  window.append(Buffer.from("X\nY"));
  long.follow(66, false);
  expect([...window.hidden].slice(64)).toEqual([1, 1, 1, 0, 0]);
});

test("createLongNeedles() goes on where it was when its automaton is joined with others", () => {
  const trie = createNeedleTrie();
  const other = "o".repeat(64);
  addNeedle(trie, needleOf(`${head}abcdef`));
  addNeedle(trie, needleOf(`${other}uvw`));
  const [headNode = 0, otherNode = 0] = [...trie.unopened.keys()];
  const window = createMaskWindow(0);
  const long = createLongNeedles(trie, window);
  window.append(Buffer.from(`${head}ab`));
  long.found(headNode, 64, 64);
  long.follow(0, false);
  const elsewhere = createLongNeedles(trie, createMaskWindow(0));
  elsewhere.found(otherNode, 0, 0);
  elsewhere.follow(0, false);
  expect(trie.tails.automata).toHaveLength(1);
  window.append(Buffer.from("cdX"));
  long.follow(66, false);
  expect([...window.hidden].slice(64)).toEqual([1, 1, 1, 1, 0]);
});
