import type { Scope } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { answerNeeds, answersOf, resolveName } from "../../../packages/client/src/package/answer-needs.ts";
import type { Need } from "../../../packages/client/src/package/list-needs.ts";

const stored = new Map<Scope, ReadonlyMap<string, number>>([
  [
    "platform",
    new Map([
      ["A", 3],
      ["P", 1],
    ]),
  ],
  ["service", new Map([["A", 7]])],
  [
    "project",
    new Map([
      ["A", 2],
      ["__proto__", 1],
    ]),
  ],
]);
const need = (...names: readonly string[]): Need => ({
  kind: "script",
  file: "a.py",
  line: 2,
  field: null,
  names,
  lists: [],
  isStep: true,
  isOptional: false,
});

test("answersOf() asks the scopes from the narrowest, and puts secrets.json in the package's place", () => {
  const versions = (own: readonly string[]) =>
    answersOf("A", new Set(own), stored).map(({ scope, from, version, replaces }) => [scope, from, version, replaces]);
  const rest = [
    ["project", "platform", 2, null],
    ["platform", "platform", 3, null],
  ];
  expect(versions([])).toEqual([["service", "platform", 7, null], ...rest]);
  expect(versions(["A"])).toEqual([["service", "secrets.json", null, 7], ...rest]);
  expect(answersOf("NONE", new Set(), stored)).toEqual([]);
});

test("resolveName() is the first name that is set, else the one without fields", () => {
  expect(resolveName(need("DB.port", "DB"), (name) => name === "DB.port")).toBe("DB.port");
  expect(resolveName(need("DB.port", "DB"), () => false)).toBe("DB");
});

test("answerNeeds() joins the places of a name, and lists names that no place needs", () => {
  const found = answerNeeds(
    { needs: [need("P"), need("P"), need("M")], setByScript: new Set(), optional: [] },
    new Set(["B"]),
    stored,
  );
  expect(found.map(({ name, neededBy, answeredBy }) => [name, neededBy.length, answeredBy?.scope])).toEqual([
    ["B", 0, "service"],
    ["M", 1, undefined],
    ["P", 1, "platform"],
  ]);
});
