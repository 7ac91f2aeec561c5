import { parametersFileSchema, type ParameterField } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import {
  defaultChoices,
  findProblem,
  isPrefilled,
  mustBeFilled,
  readForm,
  sealedNames,
  stepNumber,
} from "../../../../packages/web/src/pages/run/form-values.ts";

const choices = [
  { title: "One", value: 1 },
  { title: "One as text", value: "1" },
  { title: "Yes", value: true },
];
const fields = parametersFileSchema.parse({
  fields: [
    { type: "text", name: "customer", required: true, visible: true },
    { type: "text", name: "greeting", default: "hello", visible: true },
    { type: "text", name: "token", default: "sealed default" },
    { type: "textarea", name: "note" },
    { type: "file", name: "template" },
    { type: "int", name: "days", default: 7, min: 1, max: 31 },
    { type: "float", name: "share", min: 0, max: 1, step: 0.1 },
    { type: "bool", name: "dry" },
    { type: "checkbox", name: "loud", default: true },
    { type: "select", name: "format", choices },
    { type: "radio", name: "region", choices, required: true },
    { type: "multiselect", name: "parts", choices, default: ["1"] },
  ],
}).fields;
const fieldOf = (name: string): ParameterField => {
  const found = fields.find((field) => field.name === name);
  if (found === undefined) throw new TypeError(name);
  return found;
};
const read = (entries: Readonly<Record<string, readonly string[]>>) =>
  readForm(fields, ({ name }) => entries[name] ?? []);

describe("readForm()", () => {
  test("readForm() reads each type of field as what it is", () => {
    const { params, problems } = read({
      customer: ["Example"],
      greeting: ["hi"],
      note: ["two\nlines"],
      template: ["report.tpl"],
      days: [" 14 "],
      share: ["0.25"],
      dry: ["true"],
      format: ["0"],
      region: ["2"],
      parts: ["0", "1"],
    });
    expect([...problems]).toEqual([]);
    expect(params).toEqual({
      customer: "Example",
      greeting: "hi",
      note: "two\nlines",
      template: "report.tpl",
      days: 14,
      share: 0.25,
      dry: true,
      loud: false,
      format: 1,
      region: true,
      parts: [1, "1"],
    });
  });

  test("readForm() leaves empty fields to their defaults, but for a default that was cleared", () => {
    const { params } = read({ customer: ["x"], greeting: [""], token: [""], days: [""], region: ["1"] });
    expect(params).toEqual({ customer: "x", greeting: "", dry: false, loud: false, region: "1", parts: [] });
  });

  test("readForm() names every invalid field, in protocol's words, and repeats no value", () => {
    const { problems } = read({ days: ["99"], share: ["much"] });
    expect([...problems]).toEqual([
      ["customer", "Expected a value, it is required"],
      ["days", "Expected 31 or less"],
      ["share", "Expected a number"],
      ["region", "Expected a value, it is required"],
    ]);
  });

  test("findProblem() accepts a reference for any typed field", () => {
    expect(findProblem(fieldOf("days"), ["{{ secret('DAYS') }}"])).toBeUndefined();
    expect(findProblem(fieldOf("days"), ["1.5"])).toBe("Expected a whole number");
  });

  test("findProblem() refuses an unknown choice", () => {
    expect(findProblem(fieldOf("format"), ["7"])).toBe("Expected one of the choices");
  });

  test("stepNumber() goes up and down within the range, without the dust of binary fractions", () => {
    expect(stepNumber(fieldOf("share"), "0.2", 1)).toBe("0.3");
    expect(stepNumber(fieldOf("share"), "1", 1)).toBe("1");
    expect(stepNumber(fieldOf("days"), "", 1)).toBe("1");
    expect(stepNumber(fieldOf("days"), "x", 1)).toBeUndefined();
  });

  test("defaultChoices() tells apart values that look the same", () => {
    expect(defaultChoices(fieldOf("parts"))).toEqual(["1"]);
    expect(defaultChoices(fieldOf("format"))).toEqual([]);
  });

  test("isPrefilled() leaves sealed texts empty", () => {
    expect([isPrefilled(fieldOf("token")), isPrefilled(fieldOf("greeting")), isPrefilled(fieldOf("parts"))]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

test("sealedNames() names all without a form; with a form, the names that have a lock or are unknown", () => {
  expect(sealedNames(undefined, ["a"])).toEqual(["a"]);
  expect(sealedNames(fields, ["customer", "token", "gone"])).toEqual(["token", "gone"]);
});

test("mustBeFilled() is true for a required field, but where empty means its default", () => {
  const must = (field: object): boolean =>
    mustBeFilled(fieldsOf({ name: "x", required: true, ...field })[0] ?? fieldOf("note"));
  expect(must({ type: "text" })).toBe(true);
  expect(must({ type: "select", choices })).toBe(true);
  expect(must({ type: "text", default: "sealed default" })).toBe(false);
  expect(must({ type: "int", default: 4 })).toBe(false);
  expect(must({ type: "text", required: false })).toBe(false);
  // A visible default is in the field: who clears it leaves nothing.
  expect(must({ type: "text", default: "shown", visible: true })).toBe(true);
});

function fieldsOf(field: object): readonly ParameterField[] {
  return parametersFileSchema.parse({ fields: [field] }).fields;
}
