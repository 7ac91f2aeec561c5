import { expect, test } from "vitest";
import { executionsSearch } from "../../../../packages/web/src/pages/executions/search.ts";

test("executionsSearch keeps what it knows and drops the rest", () => {
  const search = { project: "acme", status: ["failed", "lost"], trigger: "event", span: "90d" };
  expect(executionsSearch.parse({ ...search, other: 1 })).toEqual(search);
});

test("executionsSearch drops a value that no filter has, and keeps the others", () => {
  const found = executionsSearch.parse({ package: "daily", status: ["broken"], trigger: "magic", span: "8d" });
  expect(found).toEqual({ package: "daily", status: undefined, trigger: undefined, span: undefined });
});

test.each([
  ["failed", ["failed"]],
  ["failed, lost", ["failed", "lost"]],
  ["failed,broken", undefined],
])("executionsSearch reads the status %j as people and the API write it", (status, read) => {
  expect(executionsSearch.parse({ status })).toEqual({ status: read });
});
