import { expect, test } from "vitest";
import { createMaskWindow } from "../../../../executor/src/mask/match/mask-window.ts";

test("createMaskWindow() shows one mask for hidden bytes that touch, over releases too", () => {
  const window = createMaskWindow(2);
  window.append(Buffer.from("ab12"));
  window.hidden.fill(1, 2, 4);
  expect(Buffer.from(window.release(1)).toString()).toBe("a");
  expect(Buffer.from(window.release(3)).toString()).toBe("b***");
  window.append(Buffer.from("34cd"));
  window.hidden.fill(1, 2, 4);
  expect(Buffer.from(window.release(5)).toString()).toBe("c");
  expect(window.heldBytes()).toBe(1);
});

test("createMaskWindow() keeps context", () => {
  const window = createMaskWindow(3);
  window.append(Buffer.from("abcdefgh"));
  window.release(8);
  expect(Buffer.from(window.bytes).toString()).toBe("fgh");
  expect(window.heldBytes()).toBe(0);
});

test("hide() hides what it is told, in any order, and nothing of what comes after a release", () => {
  const window = createMaskWindow(0);
  window.append(Buffer.from("abcdefgh"));
  for (const [start, end] of [
    [4, 6],
    [5, 7],
    [1, 2],
    [4, 5],
  ] as const)
    window.hide(start, end);
  expect([...window.hidden]).toEqual([0, 1, 0, 0, 1, 1, 1, 0]);
  expect(Buffer.from(window.release(8)).toString()).toBe("a***cd***h");
  window.append(Buffer.from("ijklmnop"));
  expect([...window.hidden]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

test("createMaskWindow() counts hidden bytes and shown masks when they are released", () => {
  const masked = { bytes: 0, replacements: 0 };
  const window = createMaskWindow(2, masked);
  window.append(Buffer.from("a secret and another"));
  window.hide(2, 8);
  window.hide(13, 20);
  expect(masked).toEqual({ bytes: 0, replacements: 0 });
  window.release(5);
  window.append(Buffer.from("..."));
  window.release(16);
  expect(masked).toEqual({ bytes: 13, replacements: 2 });
});
