import { describe, expect, test } from "vitest";
import { findField } from "../../../packages/protocol/src/references/find-field.ts";
import { refusalOf } from "../../support/refusal.ts";

const value = { a: { b: [10, { c: "x" }] }, text: '{"in": {"side": 1}}', empty: null };

describe("findField()", () => {
  test.each([
    [[], value],
    [["a", "b", "0"], 10],
    [["a", "b", "1", "c"], "x"],
    [["text", "in", "side"], 1],
    [["empty"], null],
  ])("findField() follows %j", (fields, found) => {
    expect(findField(value, fields)).toEqual(found);
  });

  test.each([
    [["a", "x"]],
    [["a", "b", "2"]],
    [["a", "b", "01"]],
    [["a", "b", "-1"]],
    [["a", "toString"]],
    [["a", "__proto__"]],
    [["empty", "x"]],
    [["text", "out"]],
  ])("findField() gives undefined for %j", (fields) => {
    expect(findField(value, fields)).toBeUndefined();
  });

  test("findField() refuses an integer of a text that would be rounded, and reads the fields beside it", () => {
    const text = '{"in": {"id": 1152921504606846976, "name": "x"}}';
    expect(findField(text, ["in", "name"])).toBe("x");
    for (const fields of [["in", "id"], ["in"]]) {
      expect(refusalOf(() => findField(text, fields))).toMatchObject({ code: "REFERENCE_INVALID" });
    }
  });

  test("findField() takes no text for an object that is not JSON, or not an object", () => {
    expect(findField("{not json", ["a"])).toBeUndefined();
    expect(findField("[1]", ["0"])).toBeUndefined();
  });
});
