import { expect, test } from "vitest";
import { planImport } from "../../../packages/cli/src/secret/import-secrets.ts";

test("planImport() distinguishes new names from those it would replace", () => {
  const values = new Map([
    ["B", "x"],
    ["A", "x"],
  ]);
  expect(planImport(values, [{ name: "A", version: 3 }])).toEqual([
    { name: "A", change: "replaced", replaces: 3 },
    { name: "B", change: "new", replaces: null },
  ]);
});
