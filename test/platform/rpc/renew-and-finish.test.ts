import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { codeOf, until } from "../../support/executions-world.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

let world: TwoExecutorsWorld;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
});
afterAll(async () => {
  await world.close();
});

const endLease = async (id: string): Promise<void> => {
  await world.database.run(
    "update attempts set lease_until = clock_timestamp() - interval '1 ms' where execution_id = $1",
    [id],
  );
};

describe("answerRenew()", () => {
  test("answerRenew() moves the end of the lease on", async () => {
    const { ref, rpc } = await world.claim("report");
    const read = async () =>
      (
        await world.database.row(
          z.object({ lease_until: z.date() }),
          "select lease_until from attempts where execution_id = $1",
          [ref.executionId],
        )
      )?.lease_until.getTime() ?? 0;
    const before = await read();
    expect(await rpc.renew(ref)).toMatchObject({ cancel: false });
    expect(await read()).toBeGreaterThan(before);
  });

  test("answerRenew() revives an expired lease while the attempt has not ended", async () => {
    const { ref, rpc } = await world.claim("report");
    // The sweeper skips locked executions.
    await world.database.transaction(async (sql) => {
      await sql.run("select from executions where id = $1 for share", [ref.executionId]);
      await endLease(ref.executionId);
      expect(await rpc.renew(ref)).toMatchObject({ cancel: false });
    });
    const live = "select from attempts where execution_id = $1 and lease_until > clock_timestamp()";
    expect(await world.database.run(live, [ref.executionId])).toBe(1);
  });

  test("answerRenew() refuses another attempt, another executor, and an attempt that was ended", async () => {
    const { ref, rpc } = await world.claim("report");
    expect(await codeOf(rpc.renew({ ...ref, attempt: 2 }))).toBe("LEASE_LOST");
    expect(await codeOf(world.other.rpc.renew(ref))).toBe("LEASE_LOST");
    await endLease(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).status === "lost");
    expect(await codeOf(rpc.renew(ref))).toBe("LEASE_LOST");
  });
});

describe("answerFinish()", () => {
  test("answerFinish() accepts a late finish of an attempt that has not ended", async () => {
    const { ref, rpc } = await world.claim("report");
    await endLease(ref.executionId);
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    expect(await world.show(ref.executionId)).toMatchObject({ status: "succeeded", attempts: [{ end: "finished" }] });
  });

  test("answerFinish() lists missing chunks until they arrive", async () => {
    const { ref, rpc } = await world.claim("report");
    const end = { ...ref, status: "succeeded", lastSequence: 3 } as const;
    await world.peer.report(ref, 2, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await rpc.finish(end)).join() === "1,3");
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: Date.now() }]);
    await world.peer.report(ref, 3, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await rpc.finish(end)).length === 0);
    expect((await world.show(ref.executionId)).reportsComplete).toBe(true);
  });

  test("answerFinish() ends an execution, and gives a repeated finish the same answer", async () => {
    const { ref, rpc } = await world.claim("report");
    const end = {
      ...ref,
      status: "failed",
      error: { code: "SCRIPT_FAILED", message: "it did" },
      lastSequence: 0,
    } as const;
    await rpc.finish(end);
    await rpc.finish(end);
    expect(await world.show(ref.executionId)).toMatchObject({
      status: "failed",
      error: { code: "SCRIPT_FAILED", message: "it did" },
      steps: [{ status: "skipped" }],
      reportsComplete: true,
    });
  });

  test("answerFinish() refuses another end than the first, another attempt and another executor", async () => {
    const { ref, rpc } = await world.claim("report");
    const end = { ...ref, status: "succeeded", lastSequence: 0 } as const;
    expect(await codeOf(world.other.rpc.finish(end))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.finish({ ...end, attempt: 2 }))).toBe("LEASE_LOST");
    await rpc.finish(end);
    expect(await codeOf(rpc.finish({ ...end, status: "failed" }))).toBe("LEASE_LOST");
    expect((await world.show(ref.executionId)).status).toBe("succeeded");
  });

  test("answerFinish() says that reports are missing until they are in", async () => {
    const { ref, rpc } = await world.claim("report");
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    expect((await world.show(ref.executionId)).reportsComplete).toBe(false);
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
  });

  test("answerFinish() ends steps whose reports are in transit, which then add details", async () => {
    const { ref, rpc } = await world.claim("report");
    const end = { step: 0, status: "succeeded", exitCode: 0, durationMs: 5 } as const;
    const told = [end, { ...end, step: 7 }, { ...end, step: 3_000_000_000 }];
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 2, steps: told });
    expect((await world.show(ref.executionId)).steps).toMatchObject([
      { status: "succeeded", exitCode: 0, durationMs: 5, startedAt: null, result: null },
    ]);
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: 5_000 }]);
    await world.peer.report(ref, 2, [{ type: "step-finished", ...end, result: { a: 1 }, time: 6_000 }]);
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
    expect((await world.show(ref.executionId)).steps).toMatchObject([
      { status: "succeeded", startedAt: "1970-01-01T00:00:05.000Z", tries: 1, result: { a: 1 } },
    ]);
  });

  test("answerFinish() ignores a later report with another end of a step", async () => {
    const { ref, rpc } = await world.claim("report");
    const end = { step: 0, status: "failed", exitCode: 1, durationMs: 5 } as const;
    const error = { code: "SCRIPT_FAILED", message: "it did" };
    await rpc.finish({ ...ref, status: "failed", error, lastSequence: 1, steps: [{ ...end, error }] });
    await world.peer.report(ref, 1, [{ type: "step-finished", ...end, status: "succeeded", exitCode: 0, time: 0 }]);
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
    expect((await world.show(ref.executionId)).steps).toMatchObject([{ status: "failed", exitCode: 1, error }]);
  });

  test("answerFinish() refuses later requests of the attempt", async () => {
    const { ref, rpc } = await world.claim("report");
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    expect(await codeOf(rpc.renew(ref))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.fetch({ ...ref, what: { kind: "file-list" }, offset: 0 }))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.state({ ...ref, op: "get" }))).toBe("LEASE_LOST");
  });
});
