import { expect, test } from "vitest";
import type { SlotUser } from "../../../../executor/src/child/user/slot-user.ts";
import { createUserPool } from "../../../../executor/src/child/user/take-users.ts";

const user = (id: number): SlotUser => ({ id, passwd: "", group: "" });

test("createUserPool() gives no user to two runs at once, and one that was given back to the next", () => {
  const pool = createUserPool([user(1), user(2)]);
  const [first, second] = [pool.take(), pool.take()];
  expect([first.user?.id, second.user?.id]).toEqual([1, 2]);
  expect(() => pool.take()).toThrow(RangeError);
  second.giveBack();
  second.giveBack();
  expect(pool.take().user?.id).toBe(2);
  expect(() => pool.take()).toThrow(RangeError);
});

test("createUserPool() without users gives none to any number of runs", () => {
  const pool = createUserPool([]);
  expect([pool.take(), pool.take()].map((taken) => taken.user)).toEqual([undefined, undefined]);
});
