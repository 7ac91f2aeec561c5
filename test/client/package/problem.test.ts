import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { problemOf } from "../../../packages/client/src/package/problem.ts";

test.each([
  ["secrets.json:3:7: expected a comma", "secrets.json", 3],
  ['manifest.json:2: duplicate key "a"', "manifest.json", 2],
  ["manifest.json: steps[0].timeout: expected a duration", "manifest.json", null],
  ['"sub/secrets.json": at the top of the package only', "sub/secrets.json", null],
  ["Expected a script in the package: it is empty", null, null],
])("problemOf() reads file and line off %j", (message, file, line) => {
  const problem = { code: "PACKAGE_INVALID", level: "error", file, line, message };
  expect(problemOf(new SealrunError("PACKAGE_INVALID", message))).toEqual(problem);
});

test("problemOf() does not repeat what an unknown error says", () =>
  expect(problemOf(new TypeError("a value")).message).not.toContain("a value"));
