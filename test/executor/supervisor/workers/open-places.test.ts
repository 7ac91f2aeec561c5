import { expect, test } from "vitest";
import { openPlaces } from "../../../../executor/src/supervisor/workers/open-places.ts";

test("openPlaces() gives no user twice at once, and lets the next wait for one", async () => {
  const places = openPlaces({ kind: "own-user", users: [1, 2] });
  const [first, second] = [await places.take(), await places.take()];
  expect([first.place, second.place]).toEqual([
    { kind: "own-user", user: 1 },
    { kind: "own-user", user: 2 },
  ]);
  const third = places.take();
  first.giveBack();
  expect((await third).place).toEqual({ kind: "own-user", user: 1 });
});

test("openPlaces() gives any number of places where processes have the user of their supervisor", async () => {
  const places = openPlaces({ kind: "own-namespaces" });
  const all = [await places.take(), await places.take()];
  expect(all.map(({ place }) => place)).toEqual(Array.from({ length: 2 }, () => ({ kind: "own-namespaces" })));
});
