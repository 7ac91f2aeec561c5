import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contrastOf, readableColor } from "../../../../packages/web/src/parts/log/ansi-color.ts";

const byte = fc.integer({ min: 0, max: 255 });

describe("readableColor()", () => {
  test("readableColor() can be read on the ground of either theme, whatever a script asks for", () => {
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte), (rgb) => {
        const found = /^light-dark\(rgb\((\d+) (\d+) (\d+)\), rgb\((\d+) (\d+) (\d+)\)\)$/.exec(readableColor(rgb));
        const [r = 0, g = 0, b = 0, darkR = 0, darkG = 0, darkB = 0] = (found ?? []).slice(1).map(Number);
        expect(contrastOf([r, g, b], [248, 249, 250])).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf([darkR, darkG, darkB], [46, 46, 46])).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  test("contrastOf() is 21 between black and white, in either order", () => {
    expect(contrastOf([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
    expect(contrastOf([255, 255, 255], [0, 0, 0])).toBeCloseTo(21);
  });
});
