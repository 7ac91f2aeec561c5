import { expect, test } from "vitest";
import * as fc from "fast-check";
import { addPath, childOf, createByteTree, findPath, hasChild } from "../../../../executor/src/mask/match/byte-tree.ts";

test("addPath() gives one node to each beginning of the strings, and no other", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 80 }), text, (texts, other) => {
      const tree = createByteTree(1000);
      const nodes = texts.map((each) => addPath(tree, Buffer.from(each)));
      const beginnings = new Set(texts.flatMap((each) => Array.from(each, (_, at) => each.slice(0, at + 1))));
      expect(tree.count).toBe(beginnings.size + 1);
      expect(texts.map((each) => findPath(tree, Buffer.from(each)))).toEqual(nodes);
      expect(findPath(tree, Buffer.from(other)) !== undefined).toBe(beginnings.has(other));
      for (const beginning of beginnings) {
        const goesOn = Array.from(beginnings).some((each) => each !== beginning && each.startsWith(beginning));
        expect(hasChild(tree, findPath(tree, Buffer.from(beginning)) ?? 0)).toBe(goesOn);
      }
    }),
  );
});

test("childOf() finds each of 256 children", () => {
  const tree = createByteTree(1000);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const nodes = bytes.map((byte) => addPath(tree, Uint8Array.of(byte)));
  expect(bytes.map((byte) => childOf(tree, 0, byte))).toEqual(nodes);
  expect(new Set(nodes).size).toBe(256);
});
