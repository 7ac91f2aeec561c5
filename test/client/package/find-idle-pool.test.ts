import { type PoolInfo, type ProjectInfo, projectId, projectName } from "@sealrun/protocol";
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
const clientOf = (...pools: readonly PoolInfo[]) => ({
  pools: async () => pools,
  listProjects: async (): Promise<ProjectInfo[]> => [
    {
      id: projectId.parse(`prj_${"0".repeat(20)}`),
      name: projectName.parse("Acme"),
      createdAt: "t",
      maxConcurrent: null,
      minSandbox: "filtered",
    },
  ],
});

test("findIdlePool() finds nothing when the package's pool has an executor", async () => {
  expect(await findIdlePool(clientOf(pool("default", 1)), undefined, "other")).toBeUndefined();
  expect(await findIdlePool(clientOf(pool("gpu", 1)), { pool: "gpu" }, "other")).toBeUndefined();
});

test("findIdlePool() warns of a pool without executors, and names pools that have some", async () => {
  expect(await findIdlePool(clientOf(), undefined, "other")).toMatchObject({
    level: "warning",
    file: null,
    message: "pool default has no executors, so a run waits until one is started",
  });
  expect(await findIdlePool(clientOf(pool("gpu", 0), pool("default", 2)), { pool: "gpu" }, "other")).toMatchObject({
    file: "manifest.json",
    message: "pool gpu has no executors, so a run waits until one is started; pools with executors: default",
  });
});

test("findIdlePool() warns when no executor of the pool has the sandbox that the project requires", async () => {
  const weak = { ...pool("default", 1), sandbox: "namespaces" } as const;
  expect(await findIdlePool(clientOf(weak), undefined, "acme")).toMatchObject({
    level: "warning",
    message:
      "project Acme requires the sandbox level filtered and pool default reaches only namespaces, so a run waits for a stronger executor",
  });
  expect(await findIdlePool(clientOf(pool("default", 1)), undefined, "acme")).toMatchObject({ level: "warning" });
  expect(await findIdlePool(clientOf({ ...weak, sandbox: "separate-users" }), undefined, "acme")).toBeUndefined();
});

test("findIdlePool() warns when no executor of the pool offers the network of the package", async () => {
  const closed = { ...pool("default", 1), networkForms: ["none" as const] };
  expect(await findIdlePool(clientOf(closed), { network: "outbound" }, "other")).toMatchObject({
    level: "warning",
    file: "manifest.json",
    message: expect.stringMatching(/^No executor of pool default enforces the network "outbound" of manifest\.json/),
  });
  expect(await findIdlePool(clientOf(closed), { network: "host" }, "other")).toMatchObject({
    message: expect.stringContaining("set allowHostNetwork"),
  });
  expect(await findIdlePool(clientOf(closed), { network: "none" }, "other")).toBeUndefined();
  expect(await findIdlePool(clientOf(closed), undefined, "other")).toBeUndefined();
});

test("findIdlePool() warns of a package without a network in a project that requires one", async () => {
  const closed = { ...pool("default", 1), sandbox: "filtered" as const, networkForms: ["none" as const] };
  const client = clientOf(closed);
  const strict = {
    ...client,
    listProjects: async () => (await client.listProjects()).map((one) => ({ ...one, requireNetwork: true })),
  };
  expect(await findIdlePool(strict, undefined, "acme")).toMatchObject({
    message: expect.stringContaining("where requireNetwork is set"),
  });
});
