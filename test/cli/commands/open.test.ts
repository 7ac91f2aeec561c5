import { expect, test } from "vitest";
import { parsePage, pathOf } from "../../../packages/cli/src/commands/open.ts";
import { refusalOf } from "../../support/refusal.ts";

test.each([
  [undefined, "/"],
  ["acme", "/projects/acme"],
  ["acme/my.report", "/projects/acme/packages/my.report"],
  ["exe_00000000000000000000", "/executions/exe_00000000000000000000"],
])("sealrun open finds the page of %j", (text, path) => {
  expect(pathOf(parsePage(text))).toBe(path);
});

test.each([
  ["exe_1", "EXECUTION_NOT_FOUND"],
  ["a/b/c", "USAGE"],
  ["no name", "NAME_NOT_ALLOWED"],
])("sealrun open refuses %j", (text, code) => {
  expect(refusalOf(() => parsePage(text)).code).toBe(code);
});
