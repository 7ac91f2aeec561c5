import { expect, test } from "vitest";
import { parseProfileName } from "../../../packages/cli/src/profile/name.ts";
import { refusalOf } from "../../support/refusal.ts";

test.each(["work", "sealrun.example-8443", "a".repeat(64)])("parseProfileName() takes %s", (name) => {
  expect(parseProfileName(name)).toBe(name);
});

test.each(["", "-x", "a b", "a/b", "__proto__", "a".repeat(65)])("parseProfileName() refuses %j", (name) => {
  expect(refusalOf(() => parseProfileName(name)).code).toBe("NAME_NOT_ALLOWED");
});
