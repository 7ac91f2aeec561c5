import { expect, test } from "vitest";
import { createUserPool } from "../../../../executor/src/child/user/take-users.ts";

test("createUserPool() gives no user to two workers at once, and one that was given back to the next", async () => {
  const pool = createUserPool([1, 2]);
  const [first, second] = [await pool.take(), await pool.take()];
  expect([first.user, second.user]).toEqual([1, 2]);
  const waiting = pool.take();
  expect(await Promise.race([waiting, Promise.resolve("waits")])).toBe("waits");
  second.giveBack();
  second.giveBack();
  expect((await waiting).user).toBe(2);
  expect(await Promise.race([pool.take(), Promise.resolve("waits")])).toBe("waits");
});
