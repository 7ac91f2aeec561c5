import { expect, test } from "vitest";
import { createLongNeedles } from "../../../../executor/src/mask/match/follow-needles.ts";
import { createMaskWindow } from "../../../../executor/src/mask/match/mask-window.ts";

test("createLongNeedles() hides bytes that match the needle, once, and stops where they differ", () => {
  const window = createMaskWindow(0);
  const long = createLongNeedles(window);
  const needle = { bytes: Buffer.from(`${"h".repeat(64)}abcdef`), head: 64, borders: undefined };
  window.append(Buffer.from(`${"h".repeat(64)}ab`));
  long.start(needle, 64);
  long.start(needle, 64);
  window.append(Buffer.from("cdXef"));
  long.goOn(66);
  expect([...window.hidden].slice(64)).toEqual([1, 1, 1, 1, 0, 0, 0]);
});
