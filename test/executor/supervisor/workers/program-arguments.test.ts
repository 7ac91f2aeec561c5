import { expect, test } from "vitest";
import { programArguments } from "../../../../executor/src/supervisor/workers/program-arguments.ts";

test("programArguments() reads sources from sources, and what is built as it is", () => {
  const quiet = "--disable-sigusr1";
  expect(programArguments("/a/main.js", ["--import=x"])).toEqual([quiet, "--import=x", "/a/main.js"]);
  const source = "--conditions=@sealrun/source";
  expect(programArguments("/a/main.ts", [])).toEqual([quiet, source, "--no-warnings", "/a/main.ts"]);
  expect(programArguments("/a/main.ts", [source])).toEqual([quiet, source, "--no-warnings", "/a/main.ts"]);
});
