import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findWrappedRest } from "../../../../packages/protocol/src/package/secrets/wrapped-base64.ts";

const wrap = (bytes: Uint8Array, columns: number): readonly string[] =>
  Buffer.from(bytes)
    .toString("base64")
    .match(new RegExp(`.{1,${columns}}`, "g")) ?? [];

test("findWrappedRest() finds every line of any wrapped value, or says that it cannot know", () => {
  const columns = fc.constantFrom(60, 64, 72, 76);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 60, maxLength: 400 }), columns, (bytes, width) => {
      const [first = "", ...rest] = wrap(bytes, width);
      const found = findWrappedRest(first, [...rest, "NEXT_ONE=1"]);
      if (rest.length === 0) expect(found).toBeUndefined();
      else expect(found?.lines).toEqual(rest);
    }),
  );
});

test.each([
  ["a short value", "abcd", ["abcd=="]],
  ["a value with another character", `${"a".repeat(75)}-`, ["abcd=="]],
  ["a name with a value", "a".repeat(76), ["FOO=bar"]],
  ["a name whose length padding does not fit", "a".repeat(76), ["DEBUG="]],
  ["a name whose bits no encoder writes", "a".repeat(76), ["FOO="]],
  ["a longer line", "a".repeat(76), ["a".repeat(77)]],
  ["an empty line", "a".repeat(76), ["", "abcd"]],
  ["the end of the file", "a".repeat(76), []],
])("findWrappedRest() ends before %s", (_, first, following) => {
  expect(findWrappedRest(first, following)).toBeUndefined();
});

test("findWrappedRest() cannot tell a name without a value from the end of a value", () => {
  const first = "a".repeat(76);
  expect(findWrappedRest(first, ["KEY="])).toEqual({ lines: ["KEY="], isAmbiguous: true });
  expect(findWrappedRest(first, ["KeY="])).toEqual({ lines: ["KeY="], isAmbiguous: false });
});
