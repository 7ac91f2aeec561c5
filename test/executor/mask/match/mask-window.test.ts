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

test("createMaskWindow() keeps context and says where it starts in the stream", () => {
  const window = createMaskWindow(3);
  window.append(Buffer.from("abcdefgh"));
  window.release(8);
  expect(Buffer.from(window.bytes).toString()).toBe("fgh");
  expect(window.offset).toBe(5);
  expect(window.heldBytes()).toBe(0);
});
