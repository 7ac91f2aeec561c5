import type { ExplainedScope } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { explainScopes, findReferences } from "../../../packages/platform/src/secrets/explain-secret.ts";

const version = (end: "deleted" | null): ExplainedScope["newest"] => ({
  version: 1,
  author: "admin",
  source: "set",
  createdAt: "t",
  end: end === null ? null : { kind: end, at: "t", author: "admin" },
});

describe("explainScopes()", () => {
  test.each([
    [
      [null, null, null],
      ["absent", "absent", "absent"],
      [false, false, false],
      [false, false, false],
    ],
    [
      [version(null), version(null), null],
      ["set", "set", "absent"],
      [true, false, false],
      [false, true, false],
    ],
    [
      [version("deleted"), version(null), version(null)],
      ["deleted", "set", "set"],
      [false, true, false],
      [false, false, true],
    ],
    [
      [version("deleted"), null, null],
      ["deleted", "absent", "absent"],
      [false, false, false],
      [false, false, false],
    ],
  ])("explainScopes() follows the order of a lookup: case %#", (newest, states, answers, shadowed) => {
    const scopes = explainScopes(newest);
    expect(scopes.map(({ scope }) => scope)).toEqual(["service", "project", "platform"]);
    expect(scopes.map(({ state }) => state)).toEqual(states);
    expect(scopes.map((scope) => scope.answers)).toEqual(answers);
    expect(scopes.map((scope) => scope.shadowed)).toEqual(shadowed);
  });
});

describe("findReferences()", () => {
  test.each([
    "{{ secret('DB.PASS') }}",
    '{{ secret( "DB.PASS", namespace="acme") }}',
    "${workflow.secrets.DB.PASS}",
    "jq(.secrets.DB.PASS)",
    '.secrets["DB.PASS"].user',
  ])("findReferences() finds %s and says where", (text) => {
    const document = { a: [{ b: "plain" }, { c: `x ${text} y` }] };
    expect(findReferences("config.json", document, "DB.PASS")).toEqual([{ file: "config.json", path: "a[1].c" }]);
  });

  test.each([
    "{{ secret('DBxPASS') }}",
    "secrets.DB.PASSWORD",
    "DB.PASS",
    "mysecrets.DB.PASS",
    "{{ secret('XDB.PASS') }}",
  ])("findReferences() does not take %s for one", (text) => {
    expect(findReferences("config.json", { a: text }, "DB.PASS")).toEqual([]);
  });
});
