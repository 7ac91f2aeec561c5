import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { distributionOf, isProvidedModule } from "../../../../packages/client/src/package/sources/python-modules.ts";

test("isProvidedModule() knows every module of this machine's Python", () => {
  const list = "import sys; print(*sys.stdlib_module_names)";
  let names: readonly string[];
  try {
    names = execFileSync("python3", ["-c", list], { encoding: "utf8" }).trim().split(" ");
  } catch {
    // A machine without Python 3.10 or newer has no list to compare with.
    names = ["os", "tomllib"];
  }
  expect(names.filter((name) => !isProvidedModule(name))).toEqual([]);
});

test("isProvidedModule() does not know libraries", () => {
  expect(["requests", "yaml", "numpy", "ferris"].filter(isProvidedModule)).toEqual([]);
});

test("distributionOf() gives the name to install", () => {
  expect(["yaml", "requests"].map(distributionOf)).toEqual(["PyYAML", "requests"]);
});
