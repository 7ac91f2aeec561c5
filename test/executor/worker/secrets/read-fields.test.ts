import { decode, jsonObject, reservedParameters } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFields, withoutReserved } from "../../../../executor/src/worker/secrets/read-fields.ts";
import { bytesOf, refusalOf } from "../../../support/refusal.ts";

const never = [...reservedParameters, "_fxcid", "_fxexec", "", "__proto__", "secrets"];

describe("readFields()", () => {
  test("readFields() takes null and nothing for an empty object", () => {
    expect(readFields(null, "The data")).toEqual({});
    expect(readFields(undefined, "The data")).toEqual({});
  });

  test("readFields() gives the object as it is, falsy values too", () => {
    const value = { text: "", zero: 0, off: false, none: null, list: [1, { deep: "x" }] };
    expect(readFields(value, "The data")).toEqual(value);
  });

  test("readFields() gives every JSON object as it is", () => {
    const key = fc.string().filter((name) => name !== "__proto__");
    // decode() refuses "__proto__" as a key at any depth.
    const text = fc.json({ maxDepth: 3 }).filter((json) => !json.includes("__proto__"));
    const value = text.map((json) => decode(jsonObject, bytesOf(`{"made":${json}}`)));
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (fields) => {
        expect(readFields(fields, "The data")).toEqual(fields);
      }),
    );
  });

  test.each([[[]], [[{ a: 1 }]], ["text"], [""], [0], [7], [false], [true], [{ a: undefined }], [{ a: Number.NaN }]])(
    "readFields() refuses %j (%#)",
    (value) => {
      const { code, message } = refusalOf(() => readFields(value, "An event's data"));
      expect(code).toBe("MALFORMED");
      expect(message).toMatch(/^An event's data .*JSON object/);
    },
  );

  test("readFields() shows nothing of the value that it refuses", () => {
    expect(refusalOf(() => readFields(["canary-value"], "The data")).message).not.toContain("canary");
  });
});

describe("withoutReserved()", () => {
  test.each(never)("withoutReserved() leaves out %j", (name) => {
    const fields = Object.fromEntries([
      ["before", 1],
      [name, "forged"],
      ["after", 2],
    ]);
    const left = withoutReserved(fields);
    expect(Object.entries(left)).toEqual([
      ["before", 1],
      ["after", 2],
    ]);
    expect(Object.getPrototypeOf(left)).toBe(Object.prototype);
  });

  test("withoutReserved() keeps names that only look like reserved ones", () => {
    const fields = { Package_Name: 1, secret: 2, _fxcid2: 3, toString: 4, constructor: 5, " ": 6 };
    expect(withoutReserved(fields)).toEqual(fields);
  });

  test("withoutReserved() looks at the names of the fields only, not at names inside their values", () => {
    const fields = { config: { secrets: 1, package_name: "x" } };
    expect(withoutReserved(fields)).toEqual(fields);
  });

  test("withoutReserved() keeps all other fields in their order, and removes nothing the second time", () => {
    const name = fc.oneof(fc.constantFrom(...never), fc.string());
    fc.assert(
      fc.property(fc.dictionary(name, fc.integer(), { noNullPrototype: true }), (fields) => {
        const left = withoutReserved(fields);
        expect(Object.entries(left)).toEqual(Object.entries(fields).filter(([given]) => !never.includes(given)));
        expect(withoutReserved(left)).toEqual(left);
      }),
    );
  });
});
