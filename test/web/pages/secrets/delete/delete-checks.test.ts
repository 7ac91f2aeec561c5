import { expect, test } from "vitest";
import {
  reasonsOf,
  wasReadLately,
  wordToType,
} from "../../../../../packages/web/src/pages/secrets/delete/delete-checks.ts";

const nowMs = Date.parse("2026-06-30T00:00:00.000Z");

test.each([
  [[undefined], false],
  [["2026-05-30T00:00:00.000Z"], false],
  [["2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"], true],
])("wasReadLately() counts 30 days: %j", (times, answer) => {
  expect(wasReadLately(times, nowMs)).toBe(answer);
});

test("wordToType() is the name, or how many there are", () => {
  expect([wordToType(["A"]), wordToType(["A", "B"])]).toEqual(["A", "delete 2"]);
});

test("reasonsOf() names the manifest and each document", () => {
  const use = { project: "acme", package: "report", shadowed: false, lastRead: null };
  const references = [{ file: "config.json", path: "db.password" }];
  expect(reasonsOf({ ...use, declared: true, references })).toEqual([
    "its manifest lists the name",
    "config.json refers to it at db.password",
  ]);
});
