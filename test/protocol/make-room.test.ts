import { expect, test } from "vitest";
import { makeRoom } from "../../packages/protocol/src/make-room.ts";

test("makeRoom() drops what was added first, and only when there is no room", () => {
  const kept = new Set(["first", "second"]);
  makeRoom(kept, 3);
  expect([...kept]).toEqual(["first", "second"]);
  makeRoom(kept, 2);
  expect([...kept]).toEqual(["second"]);
});

test("makeRoom() leaves an empty map as it is", () => {
  const kept = new Map<string, number>();
  makeRoom(kept, 0);
  expect(kept.size).toBe(0);
});
