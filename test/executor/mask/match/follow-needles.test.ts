import { expect, test } from "vitest";
import { createLongNeedles } from "../../../../executor/src/mask/match/follow-needles.ts";
import { createMaskWindow } from "../../../../executor/src/mask/match/mask-window.ts";
import { createNeedleTrie } from "../../../../executor/src/mask/match/needle-trie.ts";
import { addNeedle, needleOf } from "../support.ts";

const head = "h".repeat(64);

/** A window in which the head of a long needle and two more of its bytes were read. */
function followFirst(trie: ReturnType<typeof createNeedleTrie>) {
  addNeedle(trie, needleOf(`${head}abcdef`));
  const [headNode = 0] = [...trie.unopened.keys()];
  const window = createMaskWindow(0);
  const long = createLongNeedles(trie, window);
  window.append(Buffer.from(`${head}ab`));
  long.found(headNode, 64, 64);
  long.follow(0, false);
  return { window, long };
}

test("createLongNeedles() hides bytes that match the needle, and stops where they differ", () => {
  const { window, long } = followFirst(createNeedleTrie());
  window.append(Buffer.from("cdXef"));
  long.follow(66, false);
  expect([...window.hidden].slice(64)).toEqual([1, 1, 1, 1, 0, 0, 0]);
});

test("createLongNeedles() hides to the end of the line what there is no memory to follow", () => {
  const { window, long } = followFirst(createNeedleTrie({ maxBytes: 0, onFull: () => undefined }));
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
