import { join } from "node:path";
import { expect, test } from "vitest";
import { openSlotUsers } from "../../../executor/src/child/user/slot-users.ts";
import { type FoundLevel, findLevel } from "../../../executor/src/self-attack/find-level.ts";
import { prepared } from "./weak-sandbox.ts";

const isRoot = process.getuid?.() === 0;

/** The level with users of slots, where this process may have some. */
async function find(weaken: string | undefined): Promise<FoundLevel> {
  const { result } = await prepared(weaken, async (options) => {
    const folder = join(options.workDir, "..", "users");
    const { users, close } = await openSlotUsers({ range: { first: 71_800, count: 50 }, slots: 1, folder });
    return findLevel(options, users).finally(close);
  });
  return result;
}

test("findLevel() reaches separate-users as root, and filtered as another user", async () => {
  const found = await find(undefined);
  expect(found).toMatchObject({
    level: isRoot ? "separate-users" : "filtered",
    hasUsers: isRoot,
    open: ["connect to an abstract socket of the host"],
  });
  expect(found.missing === undefined).toBe(isRoot);
});

test("findLevel() finds the level of the executor's own user when that of a slot cannot be used, and says why", async () => {
  const { level, missing, hasUsers } = await find("s/--cap-add\\nCAP_SETUID\\n//");
  expect([level, hasUsers]).toEqual(["filtered", false]);
  expect(missing).toMatch(isRoot ? /^slotUids cannot be used here: The sandbox ended before/ : /^a script could /);
});
