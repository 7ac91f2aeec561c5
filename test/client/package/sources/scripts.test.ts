import { expect, test } from "vitest";
import { createTexts, refuse } from "../../../../packages/client/src/package/sources/scripts.ts";
import { packageOf } from "./package-of.ts";

test("createTexts() decodes a file, and knows only the package's", () => {
  const text = createTexts(packageOf({ "a.py": "print('größe')" }).files);
  expect([text("a.py"), text("a.py"), text("b.py")]).toEqual(["print('größe')", "print('größe')", undefined]);
});

test("refuse() puts the place in front of the sentence", () => {
  expect(refuse("a.ts", { line: 2, column: 9 }, "does not parse")).toEqual({
    code: "PACKAGE_INVALID",
    level: "error",
    severity: "refused",
    file: "a.ts",
    line: 2,
    message: "a.ts:2:9: does not parse",
  });
  expect(refuse("a.py", { line: 2 }, "x").message).toBe("a.py:2: x");
});
