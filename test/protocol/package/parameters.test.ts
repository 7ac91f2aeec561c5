import {
  checkParameters,
  limits,
  parseParametersFile,
  parseParameterText,
  readParameters,
  visibleParameters,
} from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { jsonBytes, refusalOf } from "../../support/refusal.ts";

const choices = [
  { title: "A", value: "a" },
  { title: "Two", value: 2 },
];
const file = parseParametersFile(
  jsonBytes({
    fields: [
      { type: "int", name: "count", required: true, min: 1, max: 5 },
      { type: "float", name: "share", default: 0.5, visible: true },
      { type: "text", name: "title", default: "" },
      { type: "text", name: "who" },
      { type: "bool", name: "quick" },
      { type: "select", name: "one", choices },
      { type: "multiselect", name: "many", choices, visible: true },
    ],
  }),
);
const given = { count: 2 };

describe("readParameters()", () => {
  test("readParameters() turns texts into the types of their fields; they win, and defaults follow", () => {
    expect(readParameters(file, { count: 1, who: "x" }, new Map([["count", "3"]]))).toEqual({
      count: 3,
      share: 0.5,
      title: "",
      who: "x",
    });
    expect(readParameters(undefined, { a: 1 }, new Map([["b", "2"]]))).toEqual({ a: 1, b: "2" });
  });

  test("readParameters() tells all that is wrong at once, each name once, and no value", () => {
    const texts = new Map([
      ["quick", "canary"],
      ["one", "canary"],
      ["nope", "canary"],
    ]);
    expect(refusalOf(() => readParameters(file, { share: "canary" }, texts)).message).toBe(
      'Parameter "quick": expected true or false; Parameter "one": expected one of "a", 2; ' +
        'Parameter "nope": not a parameter of this package; known are "count", "share", "title", "who", "quick", "one", "many"; ' +
        'Parameter "count": expected a value, it is required; Parameter "share": expected a number',
    );
  });

  test("readParameters() calls a parameter with a wrong text wrong, and not missing", () => {
    const { message } = refusalOf(() => readParameters(file, {}, new Map([["count", "99"]])));
    expect(message).toBe('Parameter "count": expected 5 or less');
  });
});

describe("checkParameters()", () => {
  test("checkParameters() fills in defaults, in the form's order", () => {
    expect(Object.entries(checkParameters(file, { who: "x", count: 2 }))).toEqual([
      ["count", 2],
      ["share", 0.5],
      ["title", ""],
      ["who", "x"],
    ]);
  });

  test("checkParameters() treats null as absent", () => {
    expect(checkParameters(file, { count: 2, share: null, who: null })).toEqual({ count: 2, share: 0.5, title: "" });
  });

  test("checkParameters() keeps values that count as false", () => {
    expect(checkParameters(file, { count: 1, share: 0, quick: false, who: "", many: [] })).toMatchObject({
      share: 0,
      quick: false,
      who: "",
      many: [],
    });
  });

  test.each([
    ["a missing one", {}, 'Parameter "count": expected a value, it is required'],
    ["text for a number", { count: "canary" }, 'Parameter "count": expected a whole number'],
    ["a fraction", { count: 1.5 }, "expected a whole number"],
    ["a number out of range", { count: 777 }, 'Parameter "count": expected 5 or less'],
    ["a number for text", { ...given, who: 777 }, 'Parameter "who": expected text'],
    ["text for a switch", { ...given, quick: "canary" }, "expected true or false"],
    ["a value outside the choices", { ...given, one: "canary" }, 'Parameter "one": expected one of "a", 2'],
    ["a choice of another type", { ...given, one: "2" }, "expected one of"],
    ["a choice twice", { ...given, many: ["a", "a"] }, "expected a list of different values"],
    [
      "an unknown name",
      { ...given, conut: "canary" },
      'Parameter "conut": not a parameter of this package; did you mean "count"? known are "count", "share"',
    ],
    ["a reserved name", { ...given, execution_id: "canary" }, 'Parameter "execution_id": expected another name'],
  ])("checkParameters() refuses %s, naming parameter and expectation, not the value", (_, params, sentence) => {
    const refusal = refusalOf(() => checkParameters(file, params));
    expect(refusal.code).toBe("PARAMETER_INVALID");
    expect(refusal.message).toContain(sentence);
    expect(refusal.message).not.toMatch(/canary|777/);
  });

  test("checkParameters() accepts every name except reserved ones without a parameters.json", () => {
    expect(checkParameters(undefined, { any: [1, { b: null }] })).toEqual({ any: [1, { b: null }] });
    expect(refusalOf(() => checkParameters(undefined, { package_name: "x" })).code).toBe("PARAMETER_INVALID");
  });

  test("checkParameters() does not treat inherited properties as given", () => {
    const form = parseParametersFile(jsonBytes({ fields: [{ type: "text", name: "toString" }] }));
    expect(checkParameters(form, {})).toEqual({});
  });

  test("checkParameters() refuses parameters over their limit", () => {
    const refusal = refusalOf(() => checkParameters(undefined, { a: "x".repeat(limits.parametersBytes) }));
    expect(refusal.code).toBe("VALUE_TOO_LARGE");
  });
});

describe("parseParameterText()", () => {
  test.each([
    ["count", "3", 3],
    ["share", "-0.25", -0.25],
    ["share", "1e3", 1_000],
    ["who", "12", "12"],
    ["quick", "yes", true],
    ["quick", "0", false],
    ["one", "2", 2],
    ["many", "a, 2", ["a", 2]],
    ["many", "", []],
  ])("parseParameterText() reads %s=%s", (name, text, value) =>
    expect(parseParameterText(file, name, text)).toEqual(value),
  );

  test.each([
    ["count", "canary"],
    ["count", "0x3"],
    ["count", "9"],
    ["count", ""],
    ["share", "1,5"],
    ["quick", "canary"],
    ["one", "canary"],
    ["many", "a,canary"],
    ["nothing", "canary"],
  ])("parseParameterText() refuses %s=%s", (name, text) => {
    const refusal = refusalOf(() => parseParameterText(file, name, text));
    expect(refusal.code).toBe("PARAMETER_INVALID");
    expect(refusal.message).not.toContain("canary");
  });

  test.each(["9223372036854775808", "-12345678901234567168", "+001152921504606846976"])(
    "parseParameterText() refuses %s as a number, because it would be rounded, and keeps it as text",
    (digits) => {
      for (const name of ["count", "share"]) {
        expect(refusalOf(() => parseParameterText(file, name, digits)).message).toContain("keeps its value");
      }
      expect(parseParameterText(file, "who", digits)).toBe(digits);
    },
  );

  test.each([
    ["1.50", 1.5],
    ["1e3", 1_000],
    ["0.12345678901234567891", 0.123_456_789_012_345_68],
    ["-0009007199254740991", -9_007_199_254_740_991],
  ])("parseParameterText() reads %s as a double", (text, value) => {
    expect(parseParameterText(file, "share", text)).toBe(value);
  });

  test("parseParameterText() keeps text without a parameters.json", () => {
    expect(parseParameterText(undefined, "n", "3")).toBe("3");
    expect(parseParameterText(undefined, "n", "9223372036854775808")).toBe("9223372036854775808");
  });
});

test("visibleParameters() shows marked values, and the names of all", () => {
  expect(visibleParameters(file, { count: 1, share: 2, many: ["a"] })).toEqual({
    visible: { share: 2, many: ["a"] },
    names: ["count", "share", "many"],
  });
  expect(visibleParameters(undefined, { a: "canary" })).toEqual({ visible: {}, names: ["a"] });
});
