import { type ExecutionEvent, logPage, type MachineTrouble } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, send } from "../../support/api.ts";
import { codeOf, until } from "../../support/executions-world.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

const full: MachineTrouble = { code: "DISK_FULL", message: "No space is left on the executor's disk" };

let world: TwoExecutorsWorld;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
});
afterAll(async () => {
  await world.close();
});

/** The next event of an execution that was given back. */
async function takeAgain(id: string): Promise<ExecutionEvent> {
  for (;;) {
    const { event, message } = await world.other.take();
    message.done();
    if (event.executionId === id) return event;
  }
}

/** Makes a delayed execution due now. */
async function endWait(id: string): Promise<void> {
  await world.database.run("update outbox set not_before = clock_timestamp(), is_due = true where execution_id = $1", [
    id,
  ]);
  await world.database.run("select pg_notify('sealrun_outbox', '')");
}

describe("answerRelease()", () => {
  test("answerRelease() ends the attempt with its reason, and another executor gets the execution within seconds", async () => {
    const { ref, rpc } = await world.claim("report");
    const id = ref.executionId;
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await world.show(id)).steps[0]?.status === "running");
    const startedAt = Date.now();
    await rpc.release({ ...ref, reason: full });
    expect(await world.show(id)).toMatchObject({
      status: "queued",
      steps: [{ status: "pending", startedAt: null }],
      attempts: [{ attempt: 1, end: "released", reason: full }],
      error: null,
    });
    const again = await world.other.claim(await takeAgain(id));
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(again.ref.attempt).toBe(2);
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 0 });
    expect(await world.show(id)).toMatchObject({
      status: "succeeded",
      attempts: [{ end: "released" }, { end: "finished", reason: null }],
    });
    const { lines } = await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`]);
    expect(lines.map(({ text }) => text)).toContain(
      `Attempt 1 is given back, because executor ${world.peer.state.identity.id} could not prepare it: No space is left on the executor's disk (DISK_FULL)`,
    );
  });

  test("answerRelease() gives a repeated release the same answer, in any later state of the execution", async () => {
    const { ref, rpc } = await world.claim("report");
    await rpc.release({ ...ref, reason: full });
    await rpc.release({ ...ref, reason: full });
    const again = await world.other.claim(await takeAgain(ref.executionId));
    await rpc.release({ ...ref, reason: full });
    expect((await world.show(ref.executionId)).status).toBe("running");
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 0 });
    await rpc.release({ ...ref, reason: full });
    const { attempts, status } = await world.show(ref.executionId);
    expect([status, attempts.map(({ end }) => end)]).toEqual(["succeeded", ["released", "finished"]]);
  });

  test("answerRelease() refuses an executor that does not hold the execution, and an attempt that ended otherwise", async () => {
    const { ref, rpc } = await world.claim("report");
    const asked = { ...ref, reason: full };
    expect(await codeOf(world.other.rpc.release(asked))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.release({ ...asked, attempt: 2 }))).toBe("LEASE_LOST");
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    expect(await codeOf(rpc.release(asked))).toBe("LEASE_LOST");
    expect((await world.show(ref.executionId)).attempts).toMatchObject([{ end: "finished", reason: null }]);
  });

  test("answerRelease() refuses a reason that cannot be shown", async () => {
    const { ref, rpc } = await world.claim("report");
    for (const reason of [
      { code: "DISK_FULL", message: "x".repeat(1_001) },
      { code: "DISK_FULL", message: "a\0b" },
      { code: "not a code", message: "" },
    ]) {
      expect(await codeOf(rpc.release({ ...ref, reason }))).toBe("MALFORMED");
    }
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
  });

  test("answerRelease() refuses later requests of the attempt, and its finish no longer counts", async () => {
    const { ref, rpc } = await world.claim("report");
    await rpc.release({ ...ref, reason: full });
    expect(await codeOf(rpc.renew(ref))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.finish({ ...ref, status: "failed", lastSequence: 0 }))).toBe("LEASE_LOST");
    const again = await world.other.claim(await takeAgain(ref.executionId));
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 0 });
  });

  test("answerRelease() cancels an execution whose cancel was requested", async () => {
    const { ref, rpc } = await world.claim("report");
    await send(world.platform, "POST", `/executions/${ref.executionId}/cancel`);
    await rpc.release({ ...ref, reason: full });
    await rpc.release({ ...ref, reason: full });
    expect(await world.show(ref.executionId)).toMatchObject({
      status: "cancelled",
      error: { code: "CANCELLED" },
      attempts: [{ end: "released", reason: full }],
    });
  });

  test("answerRelease() delays an execution longer each time, says why, and counts no release as lost", async () => {
    await world.push("again", { "main.sh": "true\n", "manifest.json": JSON.stringify({ on_lost: "rerun" }) });
    const id = await world.start("again");
    const waits: number[] = [];
    for (let release = 1; release <= 7; release += 1) {
      const { ref, rpc } = await world.other.claim(await takeAgain(id));
      await rpc.release({ ...ref, reason: full });
      const row = await world.database.row(
        z.object({ seconds: z.number() }),
        `select extract(epoch from o.not_before - a.ended_at)::float8 as seconds
         from outbox o join attempts a on a.execution_id = o.execution_id and a.attempt = $2 where o.execution_id = $1`,
        [id, ref.attempt],
      );
      waits.push(Math.round(row?.seconds ?? 0));
      const often = release === 1 ? "once" : `${release} times`;
      if (release > 3) {
        expect((await world.show(id)).waiting).toMatch(
          `It was given back ${often}, the last time because executor ${world.other.state.identity.id} could not prepare it: No space is left on the executor's disk (DISK_FULL); it is tried again at `,
        );
      }
      await endWait(id);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64]);
    const { lines } = await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`]);
    const executor = world.other.state.identity.id;
    expect(lines.map(({ text }) => text)).toEqual([
      `Attempt 1 is given back, because executor ${executor} could not prepare it: ${full.message} (DISK_FULL)`,
      ...[2, 3, 4, 5, 6, 7].map(
        (attempt) => `Attempt ${attempt} is given back by executor ${executor} for the same reason (DISK_FULL)`,
      ),
    ]);
    // All five reruns are left after seven releases.
    const last = await world.other.claim(await takeAgain(id));
    await world.database.run(
      "update attempts set lease_until = clock_timestamp() - interval '1 ms' where execution_id = $1 and attempt = 8",
      [id],
    );
    await until(async () => (await world.show(id)).status === "queued");
    const { attempts } = await world.show(id);
    expect(attempts.map(({ end }) => end)).toEqual([...Array.from({ length: 7 }, () => "released"), "lost"]);
    expect(last.ref.attempt).toBe(8);
    await send(world.platform, "POST", `/executions/${id}/cancel`);
  });

  test("answerRelease() is in the audit, and the keyring learns that the grant has ended", async () => {
    const { ref, rpc } = await world.claim("report");
    await rpc.release({ ...ref, reason: full });
    const row = await world.database.row(
      z.object({ actor: z.string(), detail: z.unknown() }),
      "select actor, detail from audit where object = $1 and action = 'execution.release'",
      [ref.executionId],
    );
    expect(row).toEqual({
      actor: `executor ${world.peer.state.identity.id}`,
      detail: { attempt: 1, code: "DISK_FULL" },
    });
    const ended = "select from attempts where execution_id = $1 and attempt = 1 and grant_ended_at is not null";
    await until(async () => (await world.database.run(ended, [ref.executionId])) === 1);
    const again = await world.other.claim(await takeAgain(ref.executionId));
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 0 });
  });
});
