import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { printChecks } from "../../../packages/cli/src/doctor/print-checks.ts";
import { createOutput } from "../../../packages/cli/src/output.ts";

test("printChecks() prints one line for each check, in columns", () => {
  const stdout = new PassThrough();
  printChecks(createOutput(stdout, new PassThrough()), [
    { name: "disk", state: "good", sentence: "There is room" },
    { name: "own clock", state: "warning", sentence: "Look at it" },
  ]);
  expect(String(stdout.read())).toBe("good     disk       There is room\nwarning  own clock  Look at it\n");
});
