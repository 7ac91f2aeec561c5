import { expect, test } from "vitest";
import { sortTyped } from "../../../../packages/web/src/pages/upload/typed-values.ts";

test("sortTyped() gives each value to its scope, the package's without a choice, and leaves out empty fields", () => {
  const texts = new Map([
    ["A", "one"],
    ["B", "two"],
    ["C", ""],
  ]);
  const { ofPackage, ofProject } = sortTyped(texts, new Map([["B", "project"]]));
  expect([[...ofPackage], [...ofProject]]).toEqual([[["A", "one"]], [["B", "two"]]]);
});
