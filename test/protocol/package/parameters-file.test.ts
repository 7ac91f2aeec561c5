import { parametersFileSchema, parseParametersFile, parsePushedParametersFile, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, jsonBytes, refusalOf } from "../../support/refusal.ts";

const choices = [{ title: "One", value: "one" }];

describe("parseParametersFile()", () => {
  test("parseParametersFile() refuses a default and a choice that would be rounded", () => {
    for (const field of [
      '"default": 9223372036854775808',
      '"choices": [{"title": "A", "value": 9223372036854775808}]',
    ]) {
      const text = `{"fields": [{"type": "float", "name": "a", ${field}}]}`;
      expect(refusalOf(() => parseParametersFile(bytesOf(text))).message).toMatch(
        /^parameters\.json:1:\d+: fields\[0\]\..*: expected an integer that keeps its value/,
      );
    }
  });

  test("parseParametersFile() reads every type of field as Ferris writes it", () => {
    const file = {
      fields: [
        {
          type: "text",
          label: "Name",
          name: "name",
          required: true,
          description: "Who",
          default: "x",
          placeholder: "…",
        },
        { type: "textarea", name: "body" },
        { type: "file", name: "upload", data: { bucket: "files", async: true } },
        { type: "int", name: "count", min: 1, max: 9, step: 2, default: 3, visible: true },
        { type: "float", name: "share", default: "" },
        { type: "select", name: "one", choices, default: "one" },
        { type: "multiselect", name: "many", choices, default: ["one"] },
        { type: "radio", name: "radio", choices, default: null },
        { type: "checkbox", name: "box", default: false },
        { type: "bool", name: "flag" },
      ],
    };
    expect(parseParametersFile(jsonBytes(file))).toEqual(file);
  });

  test.each<[string, unknown, string]>([
    ["no fields", {}, "parameters.json: fields: expected a list"],
    [
      "an unknown type",
      [
        { type: "text", name: "a" },
        { type: "txt", name: "b" },
      ],
      'fields[1].type: expected one of "text"',
    ],
    ["no name", [{ type: "text" }], "fields[0].name: expected a string"],
    ["a name with a space", [{ type: "text", name: "a b" }], "fields[0].name: expected a name of letters"],
    [
      "a reserved name",
      [{ type: "text", name: "package_id" }],
      "fields[0].name: expected another name, sealrun sets package_name",
    ],
    [
      "a name twice",
      [
        { type: "text", name: "a" },
        { type: "int", name: "a" },
      ],
      'fields[1].name: "a" is there twice',
    ],
    [
      "an unknown part",
      [{ type: "text", name: "a", requird: true }],
      'fields[0]: unknown field "requird"; did you mean "required"?',
    ],
    ["a select without choices", [{ type: "select", name: "a" }], "fields[0].choices: expected at least one choice"],
    [
      "a default of another type",
      [{ type: "int", name: "a", default: "canary" }],
      "fields[0].default: expected a whole number",
    ],
    [
      "a default out of range",
      [{ type: "int", name: "a", default: 5, max: 4 }],
      "fields[0].default: expected 4 or less",
    ],
    ["a range of text", [{ type: "text", name: "a", min: 1 }], "fields[0].min: expected none"],
    [
      "a range upside down",
      [{ type: "int", name: "a", min: 2, max: 1 }],
      "fields[0].min: expected min to be at most max",
    ],
  ])("parseParametersFile() refuses %s", (_, given, sentence) => {
    const refusal = refusalOf(() => parseParametersFile(jsonBytes(Array.isArray(given) ? { fields: given } : given)));
    expect(refusal.code).toBe("PARAMETERS_FILE_INVALID");
    expect(refusal.message).toContain(sentence);
    expect(refusal.message).not.toContain("canary");
  });

  test("parseParametersFile() throws nothing but SealrunError, whatever the fields", () => {
    const part = fc.constantFrom("type", "name", "default", "choices", "min", "data");
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("int", "select", "a"));
    fc.assert(
      fc.property(fc.array(fc.dictionary(part, value)), (fields) => {
        try {
          expect(parametersFileSchema.parse(parseParametersFile(jsonBytes({ fields })))).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
        }
      }),
    );
  });
});

describe("parsePushedParametersFile()", () => {
  test.each([
    [{ type: "text", name: "a", choices }, "fields[0].choices: expected none: text accepts any value"],
    [{ type: "bool", name: "a", step: 2 }, "fields[0].step: expected none: only int and float have a step"],
  ])(
    "parsePushedParametersFile() refuses what would not act in %j, which a stored version may have",
    (field, sentence) => {
      const file = jsonBytes({ fields: [field] });
      expect(refusalOf(() => parsePushedParametersFile(file)).message).toContain(sentence);
      expect(parseParametersFile(file).fields).toHaveLength(1);
    },
  );

  test("parsePushedParametersFile() accepts empty choices, which forms write for every type", () => {
    const file = { fields: [{ type: "text", name: "a", choices: [] }] };
    expect(parsePushedParametersFile(jsonBytes(file))).toEqual(file);
  });
});
