import { reservedParameters } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { defaultOf, findMismatch, showChoices } from "../../../packages/protocol/src/package/parameter-field.ts";

const choices = Array.from({ length: 25 }, (_, index) => ({ title: `${index}`, value: index }));

test("findMismatch() refuses numbers that JSON cannot write", () => {
  expect(findMismatch({ type: "float", name: "a" }, Number.POSITIVE_INFINITY)).toBe("expected a number");
  expect(findMismatch({ type: "int", name: "a" }, 2 ** 53)).toBe("expected a whole number");
});

test("defaultOf() treats empty text as a default only for text", () => {
  expect(defaultOf({ type: "text", name: "a", default: "" })).toBe("");
  expect(defaultOf({ type: "int", name: "a", default: "" })).toBeUndefined();
  expect(defaultOf({ type: "text", name: "a", default: null })).toBeUndefined();
});

test("showChoices() counts those it does not list", () => {
  expect(showChoices({ type: "select", name: "a", choices })).toMatch(/^0, 1, .*, 19 and 5 more$/);
});

test("reservedParameters are the parameters that every script gets", () => {
  expect(reservedParameters).toEqual(["package_name", "package_id", "execution_id"]);
});
