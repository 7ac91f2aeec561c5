import { isScript, scriptEndings, scriptKind } from "@sealrun/protocol";
import { expect, test } from "vitest";

test.each([
  ["a.ts", "typescript"],
  ["lib/a.mts", "typescript"],
  ["a.js", "javascript"],
  ["a.mjs", "javascript"],
  ["a.cjs", "javascript"],
  ["a.py", "python"],
  ["x.y/a.sh", "shell"],
])("scriptKind() reads %s as %s", (path, kind) => expect(scriptKind(path)).toBe(kind));

test.each(["a.d.ts", "a.d.mts", "a", ".ts", "lib/.py", "a.TS", "a.rb", "a.ts/b", "a.constructor", ""])(
  "isScript() is false for %j",
  (path) => {
    expect(isScript(path)).toBe(false);
  },
);

test("scriptEndings are all of scripts", () =>
  expect(scriptEndings.every((ending) => isScript(`a${ending}`))).toBe(true));
