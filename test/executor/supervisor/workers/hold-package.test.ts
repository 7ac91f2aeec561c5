import { expect, test } from "vitest";
import { holdPackage } from "../../../../executor/src/supervisor/workers/hold-package.ts";

function makePackage() {
  const released: string[] = [];
  const held = { files: [], hasNodeModules: false, release: async () => void released.push("released") };
  return { held, released };
}

test("holdPackage() keeps what was prepared until it is released", async () => {
  const { held, released } = makePackage();
  const holding = holdPackage(async () => held);
  expect(await holding.prepare(() => undefined)).toBe(held);
  expect(released).toEqual([]);
  await holding.release();
  expect(released).toEqual(["released"]);
});

test("holdPackage() releases at once what comes after its attempt has ended", async () => {
  const { held, released } = makePackage();
  const prepared = Promise.withResolvers<typeof held>();
  const holding = holdPackage(async () => prepared.promise);
  const waiting = holding.prepare(() => undefined);
  await holding.release();
  prepared.resolve(held);
  await waiting;
  expect(released).toEqual(["released"]);
});
