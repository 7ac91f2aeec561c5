import { expect, test } from "vitest";
import { parseExecutionId, parseFolder, parseNumber, parsePackagePath } from "../../packages/cli/src/command.ts";
import { refusalOf } from "../support/refusal.ts";

test("parsePackagePath() splits project and package", () => {
  expect(parsePackagePath("acme/report")).toEqual({ project: "acme", package: "report" });
});

test.each([
  ["acme", "USAGE"],
  ["a/b/c", "USAGE"],
  ["/b", "NAME_NOT_ALLOWED"],
  ["a/..", "NAME_NOT_ALLOWED"],
])("parsePackagePath() refuses %s with %s", (text, code) => {
  expect(refusalOf(() => parsePackagePath(text)).code).toBe(code);
});

test.each(["-1", "1.5", "0x10", "", "65536", "9999999999"])("parseNumber() refuses %j", (text) => {
  expect(refusalOf(() => parseNumber("--port", 0, 65_535)(text)).message).toMatch(
    /^--port: expected a whole number from 0 to 65535, found "/,
  );
});

test("parseNumber() takes both ends", () => {
  expect(["0", "65535"].map(parseNumber("--port", 0, 65_535))).toEqual([0, 65_535]);
});

test("parseFolder() refuses the empty text of a variable that is not set, which would be the current folder", () => {
  expect(parseFolder("--data")("a b")).toBe("a b");
  expect(refusalOf(() => parseFolder("--data")(""))).toMatchObject({
    code: "USAGE",
    message: "--data: expected a folder, found an empty text",
  });
});

test("parseExecutionId() refuses what cannot be an id", () => {
  expect(refusalOf(() => parseExecutionId("../x")).code).toBe("EXECUTION_NOT_FOUND");
});
