import { expect, test } from "vitest";
import { reachesLevel, sandboxLevel, sandboxLevels } from "../../../packages/protocol/src/wire/sandbox-level.ts";

test("reachesLevel() is true for the same level and for stronger ones", () => {
  const reached = sandboxLevels.map((level) => sandboxLevels.filter((least) => reachesLevel(level, least)));
  expect(reached).toEqual([
    ["none"],
    ["none", "namespaces"],
    ["none", "namespaces", "filtered"],
    ["none", "namespaces", "filtered", "separate-users"],
  ]);
});

test("reachesLevel() takes an executor that does not say its level for one without a sandbox", () => {
  expect(reachesLevel(undefined, "none")).toBe(true);
  expect(reachesLevel(null, "namespaces")).toBe(false);
});

test.each(["", "Filtered", "seccomp", 1, null])("sandboxLevel refuses %j", (given) => {
  expect(sandboxLevel.safeParse(given).success).toBe(false);
});
