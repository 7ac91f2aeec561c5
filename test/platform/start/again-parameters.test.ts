import { parametersFileSchema } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { fitParameters } from "../../../packages/platform/src/start/again-parameters.ts";
import { refusalOf } from "../../support/refusal.ts";

const file = (...fields: object[]) => parametersFileSchema.parse({ fields });
const shown = { type: "int", name: "count", visible: true };
const hidden = { type: "text", name: "who" };

describe("fitParameters()", () => {
  test("fitParameters() gives the visible ones with the defaults of new fields", () => {
    const fresh = { type: "text", name: "region", visible: true, default: "eu" };
    const fitted = fitParameters(file(shown, hidden, fresh), { visible: { count: 3 }, sealedNames: ["who"] });
    expect(fitted).toEqual({ count: 3, region: "eu" });
  });

  test("fitParameters() accepts a visible field that was sealed, as a schedule's are", () => {
    const required = { ...shown, required: true };
    expect(fitParameters(file(required), { visible: {}, sealedNames: ["count"] })).toEqual({});
  });

  test("fitParameters() accepts sealed names of any kind without a parameters.json", () => {
    expect(fitParameters(undefined, { visible: {}, sealedNames: ["anything"] })).toEqual({});
  });

  test.each([
    ["a visible one that is gone", [hidden], { count: 3 }, [], '"count": that version has no such parameter'],
    [
      "a visible one that is sealed now",
      [{ ...shown, visible: false }],
      { count: 3 },
      [],
      '"count": that version seals it',
    ],
    ["a visible one of another type", [shown], { count: "canary" }, [], '"count": expected'],
    ["a sealed one that is gone", [shown], {}, ["who"], '"who": that version has no such parameter'],
    ["a new required one that is sealed", [{ ...hidden, required: true }], {}, [], '"who": that version requires it'],
    ["a new required one that is visible", [{ ...shown, required: true }], {}, [], '"count": expected a value'],
  ])("fitParameters() refuses %s and never shows a value", (_, fields, visible, sealedNames, sentence) => {
    const refusal = refusalOf(() => fitParameters(file(...fields), { visible, sealedNames }));
    expect(refusal.code).toBe("PARAMETER_INVALID");
    expect(refusal.message).toContain(sentence);
    expect(refusal.message).not.toContain("canary");
  });
});
