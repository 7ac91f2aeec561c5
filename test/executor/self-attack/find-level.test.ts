import { expect, test } from "vitest";
import { openSlotUsers } from "../../../executor/src/child/user/slot-users.ts";
import { type FoundLevel, findLevel } from "../../../executor/src/self-attack/find-level.ts";
import { isTunOpen } from "../../support/tun.ts";
import { prepared } from "./weak-sandbox.ts";

const isRoot = process.getuid?.() === 0;

/** The level with users of slots, where this process may have some. */
async function find(weaken: string | undefined): Promise<FoundLevel> {
  const { result, left } = await prepared(weaken, async (options) => {
    const { workers, close } = await openSlotUsers({ range: { first: 71_800, count: 50 }, slots: 1 });
    return findLevel({ ...options, users: workers }).finally(close);
  });
  expect(left).toEqual([]);
  return result;
}

test("findLevel() reaches separate-users as root, filtered as another user, and keeps workers from their executor", async () => {
  const found = await find(undefined);
  expect(found).toMatchObject({
    level: isRoot ? "separate-users" : "filtered",
    separation: { kind: isRoot ? "own-user" : "own-namespaces" },
    open: ["connect to an abstract socket of the host"],
  });
  expect(found.missing === undefined).toBe(isRoot);
  expect(found.notSeparate).toBeUndefined();
  // As root, a worker of another user has a device of its own.
  expect(found.networks.enforced).toEqual(["none", "named", ...((await isTunOpen()) ? ["outbound"] : [])]);
});

test("findLevel() finds the level without separate workers when they cannot be started, and says why", async () => {
  // This program starts sandboxes of scripts only.
  const { level, missing, separation, notSeparate } = await find("s/no such argument//");
  expect([level, separation.kind]).toEqual(["filtered", "shared"]);
  expect(notSeparate).toMatch(/^A worker that attacks its own sandbox could not be run/);
  expect(missing).toMatch(isRoot ? /^slotUids cannot be used here: A worker / : /^a script could /);
});
