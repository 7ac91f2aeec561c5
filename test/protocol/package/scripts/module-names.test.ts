import { hasPathNames, packageOf } from "@sealrun/protocol";
import { expect, test } from "vitest";

test.each([
  ["lodash", "lodash"],
  ["lodash/fp/x.js", "lodash"],
  ["@a/b", "@a/b"],
  ["@a/b/c", "@a/b"],
  ["./x", undefined],
  ["/x", undefined],
  ["#x", undefined],
  ["node:fs", undefined],
  ["https://example.com/x.js", undefined],
  ["", undefined],
  ["@", undefined],
  ["a b", undefined],
])("packageOf() of %j is %s", (specifier, name) => {
  expect(packageOf(specifier)).toBe(name);
});

test.each([
  ['{"compilerOptions": {"paths": {"@lib/*": ["./lib/*"]}}}', true],
  ['{"compilerOptions": {"baseUrl": "."}}', true],
  ['{"extends": "./base.json"}', true],
  ['{"compilerOptions": {"strict": true}}', false],
])("hasPathNames() of %s is %s", (settings, expected) => {
  expect(hasPathNames(settings)).toBe(expected);
});
