import { expect, test } from "vitest";
import { limitPools } from "../../../packages/platform/src/health/gauge-pools.ts";

const facts = { queued: 1, published: 0, running: 2, oldest_s: null, slots: 4, executors: 1 };

test("limitPools() keeps pools by their names", () => {
  expect(limitPools([{ pool: "default", ...facts }])).toEqual([{ pool: "default", ...facts }]);
});

test("limitPools() adds up the pools after the 50th, and those that do not exist, as other", () => {
  const many = Array.from({ length: 52 }, (_, index) => ({ pool: `pool-${index}`, ...facts, oldest_s: index }));
  const limited = limitPools([{ pool: null, ...facts, oldest_s: 7 }, ...many]);
  expect(limited.map(({ pool }) => pool)).toEqual([...many.slice(0, 50).map(({ pool }) => pool), "other"]);
  expect(limited.at(-1)).toEqual({
    pool: "other",
    queued: 3,
    published: 0,
    running: 6,
    oldest_s: 51,
    slots: 12,
    executors: 3,
  });
});
