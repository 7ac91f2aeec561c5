import type { PoolInfo } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { findIdlePool } from "../../../packages/client/src/package/find-idle-pool.ts";

const pool = (name: string, executors: number): PoolInfo => ({
  name,
  executors,
  slots: executors,
  running: 0,
  queued: 0,
  oldestQueuedAt: null,
});
const clientOf = (...pools: readonly PoolInfo[]) => ({ pools: async () => pools });

test("findIdlePool() finds nothing when the package's pool has an executor", async () => {
  expect(await findIdlePool(clientOf(pool("default", 1)), undefined)).toBeUndefined();
  expect(await findIdlePool(clientOf(pool("gpu", 1)), { pool: "gpu" })).toBeUndefined();
});

test("findIdlePool() warns of a pool without executors, and names pools that have some", async () => {
  expect(await findIdlePool(clientOf(), undefined)).toMatchObject({
    level: "warning",
    file: null,
    message: "pool default has no executors, so a run waits until one is started",
  });
  expect(await findIdlePool(clientOf(pool("gpu", 0), pool("default", 2)), { pool: "gpu" })).toMatchObject({
    file: "manifest.json",
    message: "pool gpu has no executors, so a run waits until one is started; pools with executors: default",
  });
});
