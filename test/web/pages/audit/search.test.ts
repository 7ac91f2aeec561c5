import { expect, test } from "vitest";
import { auditSearch } from "../../../../packages/web/src/pages/audit/search.ts";

test("auditSearch keeps what it knows and drops the rest", () => {
  const search = { project: "acme", action: "secret", actor: "admin", object: "sec_1", span: "30d" };
  expect(auditSearch.parse({ ...search, other: 1 })).toEqual(search);
});

test("auditSearch drops a span that the audit does not offer", () => {
  expect(auditSearch.parse({ project: "acme", span: "90d" })).toEqual({ project: "acme", span: undefined });
});
