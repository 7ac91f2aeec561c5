import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { executorId, logPage } from "@sealrun/protocol";
import { finishAttempts } from "../../../packages/platform/src/rpc/finish-attempts.ts";
import { ask } from "../../support/api.ts";
import { countStatements } from "../../support/counting-sql.ts";
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

/** Lets the sweeper end no attempt until the returned function is called: it could come before a late request. */
async function keepFromLosing(): Promise<() => Promise<void>> {
  await world.database.run(
    `create function refuse_loss() returns trigger language plpgsql as $$ begin raise exception 'not yet'; end $$`,
  );
  await world.database.run(
    `create trigger refuse_loss before update on attempts for each row
     when (new.ended_as = 'lost') execute function refuse_loss()`,
  );
  return async () => void (await world.database.run("drop function refuse_loss() cascade"));
}

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

  test("answerRenew() renews what it can of several leases, and refuses the others", async () => {
    const [ended, living, other] = [
      await world.claim("report"),
      await world.claim("report"),
      await world.claim("report"),
    ] as const;
    const { rpc } = living;
    await rpc.finish({ ...ended.ref, status: "succeeded", lastSequence: 0 });
    const renewed = await Promise.all([
      codeOf(rpc.renew(ended.ref)),
      rpc.renew(living.ref),
      codeOf(rpc.renew({ ...other.ref, attempt: 2 })),
    ]);
    expect(renewed).toEqual(["LEASE_LOST", expect.objectContaining({ cancel: false }), "LEASE_LOST"]);
  });

  test("answerRenew() renews the other leases while one execution is locked, and that one after it", async () => {
    const [locked, free] = [await world.claim("report"), await world.claim("report")] as const;
    const { rpc } = free;
    let isRenewed = false;
    const waiting = await world.database.transaction(async (sql) => {
      await sql.run("select from executions where id = $1 for update", [locked.ref.executionId]);
      const slow = rpc.renew(locked.ref).then((reply) => {
        isRenewed = true;
        return reply;
      });
      expect(await rpc.renew(free.ref)).toMatchObject({ cancel: false });
      expect(isRenewed).toBe(false);
      return { slow };
    });
    expect(await waiting.slow).toMatchObject({ cancel: false });
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
    const letSweep = await keepFromLosing();
    await endLease(ref.executionId);
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    await letSweep();
    expect(await world.show(ref.executionId)).toMatchObject({ status: "succeeded", attempts: [{ end: "finished" }] });
  });

  test("finishAttempts() takes 3 statements in two round trips for an end whose reports are all in", async () => {
    const { ref } = await world.claim("report");
    const request = { executorId: executorId.parse(world.peer.state.identity.id), requestId: "req_1" };
    const end = { ...ref, status: "succeeded", lastSequence: 0 } as const;
    const counted = await world.database.transaction(async (sql) => {
      const counting = countStatements(sql);
      expect(await finishAttempts(counting, request, [end])).toEqual([
        { isAccepted: true, isNew: true, trace: null, missing: [] },
      ]);
      return [counting.count(), counting.waits()];
    });
    // Lock and state; then steps that never ran, the feed, and the end with its audit row.
    expect(counted).toEqual([3, 2]);
    expect(await world.show(ref.executionId)).toMatchObject({ status: "succeeded", reportsComplete: true });
  });

  test("finishAttempts() judges each end by itself", async () => {
    const [one, two] = [await world.claim("report"), await world.claim("report")];
    const request = { executorId: executorId.parse(world.peer.state.identity.id), requestId: "req_1" };
    const end = { status: "succeeded", lastSequence: 1 } as const;
    const ends = [
      { ...one.ref, ...end },
      { ...two.ref, attempt: 2, ...end },
    ];
    const verdicts = await world.database.transaction(async (sql) => finishAttempts(sql, request, ends));
    expect(verdicts).toEqual([
      { isAccepted: true, isNew: true, trace: null, missing: [1] },
      { isAccepted: false, mustAskAlone: true },
    ]);
    expect((await world.show(one.ref.executionId)).status).toBe("succeeded");
    expect((await world.show(two.ref.executionId)).status).toBe("running");
  });

  test("answerFinish() stores the ends of one moment together, each with its own verdict", async () => {
    const held = [await world.claim("report"), await world.claim("report"), await world.claim("report")] as const;
    const { rpc } = held[0];
    const end = { status: "succeeded", lastSequence: 0 } as const;
    const answers = await Promise.all([
      rpc.finish({ ...held[0].ref, ...end }),
      codeOf(rpc.finish({ ...held[1].ref, ...end, attempt: 2 })),
      rpc.finish({ ...held[2].ref, ...end, lastSequence: 2 }),
    ]);
    expect(answers).toEqual([[], "LEASE_LOST", [1, 2]]);
    const statuses = await Promise.all(held.map(async ({ ref }) => (await world.show(ref.executionId)).status));
    expect(statuses).toEqual(["succeeded", "running", "succeeded"]);
    const same = z.object({ at: z.coerce.string() });
    const commits = await world.database.rows(
      same,
      "select distinct xmin::text as at from attempts where ended_as = 'finished' and execution_id = any ($1)",
      [held.map(({ ref }) => ref.executionId)],
    );
    expect(commits).toHaveLength(1);
  });

  test("answerFinish() ends the other executions while one is locked, and that one after it", async () => {
    const [locked, free] = [await world.claim("report"), await world.claim("report")] as const;
    const { rpc } = free;
    const end = { status: "succeeded", lastSequence: 0 } as const;
    const waiting = await world.database.transaction(async (sql) => {
      await sql.run("select from executions where id = $1 for update", [locked.ref.executionId]);
      const slow = rpc.finish({ ...locked.ref, ...end });
      expect(await rpc.finish({ ...free.ref, ...end })).toEqual([]);
      expect((await world.show(free.ref.executionId)).status).toBe("succeeded");
      expect((await world.show(locked.ref.executionId)).status).toBe("running");
      return { slow };
    });
    expect(await waiting.slow).toEqual([]);
    expect((await world.show(locked.ref.executionId)).status).toBe("succeeded");
  });

  test("answerFinish() stores an end whose chunk cannot be stored without it, and the others of its moment with theirs", async () => {
    await world.database.run("alter table receipts add constraint no_spoilt_name check (name <> 'SPOILT')");
    const [spoilt, whole] = [await world.claim("report"), await world.claim("report")];
    const endOf = (name: string) => {
      const read = { type: "read", step: 0, name, scope: null, version: null, outcome: "missing", time: 0 } as const;
      return { status: "succeeded" as const, lastSequence: 1, report: { sequence: 1, items: [read] } };
    };
    const answers = await Promise.all([
      spoilt.rpc.finish({ ...spoilt.ref, ...endOf("SPOILT") }),
      spoilt.rpc.finish({ ...whole.ref, ...endOf("FINE") }),
    ]);
    await world.database.run("alter table receipts drop constraint no_spoilt_name");
    expect(answers).toEqual([[1], []]);
    expect(await world.show(spoilt.ref.executionId)).toMatchObject({ status: "succeeded", receipt: [] });
    expect((await world.show(whole.ref.executionId)).receipt).toMatchObject([{ name: "FINE" }]);
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

  describe("with the last chunk", () => {
    const started = { type: "step-started", step: 0, time: 5_000 } as const;
    const line = (text: string) => ({ type: "log", step: 0, stream: "stdout", text, time: 5_000 }) as const;
    const ended = { step: 0, status: "succeeded", exitCode: 0, durationMs: 5 } as const;
    const stepEnd = { type: "step-finished", ...ended, result: { a: 1 }, time: 6_000 } as const;
    const linesOf = async (id: string) =>
      (await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`])).lines.map(({ text }) => text);

    test("answerFinish() stores a whole run with its end, in 3 statements and two round trips", async () => {
      const { ref } = await world.claim("report");
      const request = { executorId: executorId.parse(world.peer.state.identity.id), requestId: "req_1" };
      const report = { sequence: 1, items: [started, line("all"), stepEnd] };
      const end = { ...ref, status: "succeeded", lastSequence: 1, steps: [ended], report } as const;
      const counted = await world.database.transaction(async (sql) => {
        const counting = countStatements(sql);
        expect(await finishAttempts(counting, request, [{ ...end, steps: [ended], report }])).toEqual([
          { isAccepted: true, isNew: true, trace: null, missing: [] },
        ]);
        return [counting.count(), counting.waits()];
      });
      expect(counted).toEqual([3, 2]);
      expect(await world.show(ref.executionId)).toMatchObject({
        status: "succeeded",
        reportsComplete: true,
        steps: [{ status: "succeeded", exitCode: 0, result: { a: 1 }, startedAt: "1970-01-01T00:00:05.000Z" }],
      });
      expect(await linesOf(ref.executionId)).toEqual(["all"]);
    });

    test("answerFinish() shows the last chunk after the chunks that it overtook", async () => {
      const { ref, rpc } = await world.claim("report");
      const report = { sequence: 3, items: [line("third"), stepEnd] };
      const end = { ...ref, status: "succeeded" as const, lastSequence: 3, steps: [ended], report };
      await world.peer.report(ref, 1, [started, line("first")]);
      await until(async () => (await linesOf(ref.executionId)).length === 1);
      expect(await rpc.finish(end)).toEqual([2]);
      expect(await rpc.finish(end)).toEqual([2]);
      expect(await world.show(ref.executionId)).toMatchObject({
        status: "succeeded",
        reportsComplete: false,
        steps: [{ status: "succeeded" }],
      });
      expect(await linesOf(ref.executionId)).toEqual(["first"]);
      await world.peer.report(ref, 2, [line("second")]);
      await until(async () => (await world.show(ref.executionId)).reportsComplete);
      expect(await linesOf(ref.executionId)).toEqual(["first", "second", "third"]);
      expect((await world.show(ref.executionId)).steps).toMatchObject([{ result: { a: 1 } }]);
      expect(await rpc.finish(end)).toEqual([]);
    });

    test("answerFinish() stores the end by itself when the chunk cannot be stored or read", async () => {
      await world.database.run("alter table receipts add constraint no_bad_name check (name <> 'BAD')");
      const read = {
        type: "read",
        step: 0,
        name: "BAD",
        scope: null,
        version: null,
        outcome: "missing",
        time: 0,
      } as const;
      const reports = [
        { sequence: 1, items: [started, read, stepEnd] },
        { sequence: 1, items: [] },
      ];
      for (const report of reports) {
        const { ref, rpc } = await world.claim("report");
        const end = { ...ref, status: "succeeded" as const, lastSequence: 1, steps: [ended], report };
        expect(await rpc.finish(end)).toEqual([1]);
        expect(await world.show(ref.executionId)).toMatchObject({
          status: "succeeded",
          reportsComplete: false,
          steps: [{ status: "succeeded", result: null }],
          receipt: [],
        });
      }
      await world.database.run("alter table receipts drop constraint no_bad_name");
    });

    test("answerFinish() keeps the lines of an attempt that was lost, and ignores its steps", async () => {
      const { ref, rpc } = await world.claim("report");
      await endLease(ref.executionId);
      await until(async () => (await world.show(ref.executionId)).status === "lost");
      const report = { sequence: 1, items: [started, line("late"), stepEnd] };
      const end = { ...ref, status: "succeeded" as const, lastSequence: 1, report };
      expect(await codeOf(rpc.finish(end))).toBe("LEASE_LOST");
      expect(await linesOf(ref.executionId)).toEqual(["late"]);
      expect((await world.show(ref.executionId)).steps).toMatchObject([
        { status: "skipped", startedAt: null, result: null, output: "late" },
      ]);
      expect(await codeOf(world.other.rpc.finish(end))).toBe("LEASE_LOST");
    });
  });

  const lostWorker = {
    status: "failed",
    error: { code: "WORKER_LOST", message: "The process that ran this execution ended (SIGKILL)" },
  } as const;

  test("answerFinish() fails an execution whose worker was lost", async () => {
    const { ref, rpc } = await world.claim("report");
    expect(await rpc.finish({ ...ref, ...lostWorker, lastSequence: 0 })).toEqual([]);
    const { status, error, attempts } = await world.show(ref.executionId);
    expect([status, error, attempts.map(({ end }) => end)]).toEqual(["failed", lostWorker.error, ["finished"]]);
  });

  test("answerFinish() queues an execution again whose worker was lost, where its manifest says so", async () => {
    const { ref, rpc } = await world.claim("report");
    await world.database.run("update executions set on_lost = 'rerun' where id = $1", [ref.executionId]);
    const time = Date.now();
    const of = { host: "a.test", port: 443, address: "192.0.2.1", outcome: "connected", reason: null };
    const connected = { type: "connected", step: 0, ...of, connections: 1, sentBytes: 1, receivedBytes: 1, time };
    const items = JSON.stringify([{ type: "log", step: 0, stream: "stdout", text: "its last words", time }, connected]);
    const end = { ...ref, ...lostWorker, lastSequence: 1, report: { sequence: 1, items } };
    expect(await rpc.finish(end)).toEqual([]);
    const { status, steps, attempts, connections } = await world.show(ref.executionId);
    expect([status, attempts.map(({ end: how }) => how)]).toEqual(["queued", ["lost"]]);
    expect(connections).toMatchObject([of]);
    expect(steps[0]?.output).toContain("its last words");
    // The answer was lost: the attempt is over, and its end does not count again.
    expect(await codeOf(rpc.finish(end))).toBe("LEASE_LOST");
  });

  test("answerFinish() cancels nothing anew: a lost worker's execution with a requested cancel fails", async () => {
    const { ref, rpc } = await world.claim("report");
    await world.database.run("update executions set on_lost = 'rerun', cancel_requested_at = now() where id = $1", [
      ref.executionId,
    ]);
    await rpc.finish({ ...ref, ...lostWorker, lastSequence: 0 });
    expect((await world.show(ref.executionId)).status).toBe("failed");
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
