import { expect, test } from "vitest";
import { judgeName } from "../../../../../packages/web/src/pages/secrets/set/name-checks.ts";

test.each(["1A", "A B", "-A", "__proto__", "A".repeat(129)])("judgeName() refuses %j with the rule", (name) => {
  expect(judgeName(name, []).problem).toMatch(/name/);
});

test.each(["", "A", "_a.b-c"])("judgeName() has nothing against %j", (name) => {
  expect(judgeName(name, ["OTHER_NAME"])).toEqual({ problem: undefined, closest: undefined });
});

test("judgeName() names the known name that was most likely meant, and none for a known name", () => {
  expect(judgeName("DB_PAS", ["DB_PASS"]).closest).toBe("DB_PASS");
  expect(judgeName("DB_PASS", ["DB_PASS", "DB_PASS2"]).closest).toBeUndefined();
});
