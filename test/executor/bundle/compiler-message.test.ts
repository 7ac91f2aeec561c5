import { expect, test } from "vitest";
import { firstError } from "../../../executor/src/bundle/compiler-message.ts";

test("firstError() keeps sentence and place, and drops the quoted source", () => {
  const output = `✘ [ERROR] Unexpected "="\n\n    lib/a.ts:5:8:\n      5 │  let x: = "hunter2";\n        ╵         ^\n\n`;
  expect(firstError(output)).toBe(`lib/a.ts, line 5, column 9: Unexpected "="`);
});

test("firstError() keeps a sentence without a place", () => {
  expect(firstError(`✘ [ERROR] Could not read from file: /work/a.ts\n\n`)).toBe("Could not read from file: /work/a.ts");
});

test("firstError() is undefined when there is no error", () => {
  expect(firstError("panic: something\n")).toBeUndefined();
});
