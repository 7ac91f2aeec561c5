import type { ReportItem } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const endLease = async (id: string): Promise<void> => {
  await world.database.run(
    "update attempts set lease_until = clock_timestamp() - interval '1 ms' where execution_id = $1",
    [id],
  );
};

describe("startSweeper()", () => {
  test("startSweeper() ends an execution as lost when its lease has ended", async () => {
    const { held, rpc } = await world.claim("report");
    await world.peer.report(held, 1, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await world.show(held.executionId)).steps[0]?.status === "running");
    await endLease(held.executionId);
    await until(async () => (await world.show(held.executionId)).status === "lost");
    expect(await world.show(held.executionId)).toMatchObject({
      error: { code: "LEASE_LOST" },
      steps: [{ status: "failed", error: { code: "LEASE_LOST" } }],
    });
    expect(await codeOf(rpc.finish({ ...held, status: "succeeded", lastSequence: 1 }))).toBe("LEASE_LOST");
  });

  test("startSweeper() leaves an execution alone whose lease lives", async () => {
    const living = await world.claim("report");
    const dying = await world.claim("report");
    await endLease(dying.held.executionId);
    await until(async () => (await world.show(dying.held.executionId)).status === "lost");
    expect((await world.show(living.held.executionId)).status).toBe("running");
  });

  test("startSweeper() shows lines that wait for a chunk that never came", async () => {
    const { held } = await world.claim("report");
    const item: ReportItem = { type: "log", step: 0, stream: "stdout", text: "after the gap", time: 0 };
    await world.peer.report(held, 2, [item]);
    await world.peer.rpc.finish({ ...held, status: "succeeded", lastSequence: 2 });
    await until(
      async () =>
        (await world.database.run("select 1 from report_chunks where execution_id = $1", [held.executionId])) > 0,
    );
    await world.database.run("update executions set finished_at = finished_at - interval '2 min' where id = $1", [
      held.executionId,
    ]);
    await until(async () => (await world.show(held.executionId)).steps[0]?.output === "after the gap");
    expect((await world.show(held.executionId)).reportsComplete).toBe(false);
  });
});
