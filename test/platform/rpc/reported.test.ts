import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, until } from "../../support/executions-world.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

let world: TwoExecutorsWorld;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
});
afterAll(async () => {
  await world.close();
});

describe("answerReported()", () => {
  test("answerReported() lists chunks that are not stored, also for a lost attempt", async () => {
    const { ref, rpc } = await world.claim("report");
    await world.peer.report(ref, 2, [{ type: "step-started", step: 0, time: 0 }]);
    await until(async () => (await rpc.reported({ ...ref, lastSequence: 3 })).join() === "1,3");
    await world.database.run("update attempts set lease_until = clock_timestamp() where execution_id = $1", [
      ref.executionId,
    ]);
    await until(async () => (await world.show(ref.executionId)).status === "lost");
    expect(await rpc.reported({ ...ref, lastSequence: 2 })).toEqual([1]);
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: 0 }]);
    await until(async () => (await rpc.reported({ ...ref, lastSequence: 2 })).length === 0);
  });

  test("answerReported() refuses another executor, and an attempt that was never given", async () => {
    const { ref, rpc } = await world.claim("report");
    expect(await codeOf(world.other.rpc.reported({ ...ref, lastSequence: 1 }))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.reported({ ...ref, attempt: 2, lastSequence: 1 }))).toBe("LEASE_LOST");
  });
});
