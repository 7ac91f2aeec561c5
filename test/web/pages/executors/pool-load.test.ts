import { executorList, poolList } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { allPools, describeLoad } from "../../../../packages/web/src/pages/executors/pool-load.ts";

const pool = { name: "gpu", executors: 1, slots: 2, running: 0, queued: 0, oldestQueuedAt: null };

test("describeLoad() is bad only where what waits cannot run", () => {
  expect(describeLoad(pool)).toEqual({ isGood: true, sentence: "Nothing waits" });
  expect(describeLoad({ ...pool, queued: 3, running: 2 })).toEqual({
    isGood: true,
    sentence: "3 wait for a free slot",
  });
  expect(describeLoad({ ...pool, executors: 0, slots: 0 }).isGood).toBe(true);
  expect(describeLoad({ ...pool, executors: 0, slots: 0, queued: 1 })).toEqual({
    isGood: false,
    sentence: "1 waits for an executor: start one",
  });
  expect(describeLoad({ ...pool, slots: 0, queued: 2 }).isGood).toBe(false);
});

test("allPools() adds the pools whose executors are all gone", () => {
  const { pools } = poolList.parse({ pools: [pool] });
  const gone = { id: "exr_1", enrolledAt: "2026-11-20T10:00:00Z", lastSeenAt: null, running: 0, slots: 0 };
  const { executors } = executorList.parse({
    executors: ["old", "gpu", "old"].map((name) => ({
      ...gone,
      pool: name,
      isLive: false,
      isDraining: false,
      trouble: null,
      revokedAt: null,
    })),
  });
  expect(allPools(pools, executors).map(({ name, executors: there }) => [name, there])).toEqual([
    ["gpu", 1],
    ["old", 0],
  ]);
});
