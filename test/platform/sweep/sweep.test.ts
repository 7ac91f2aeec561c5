import { type ExecutionEvent, logPage, type ReportItem } from "@sealrun/protocol";
import { z } from "zod";
import type { Sql } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import type { PeerAttempt } from "../../support/executor-peer.ts";

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

/** Claims an execution of a package with `on_lost: rerun`. */
async function claimRerun(): Promise<PeerAttempt> {
  await world.push("again", { "main.sh": "true\n", "manifest.json": JSON.stringify({ on_lost: "rerun" }) });
  return world.claim("again");
}

/** The next event of an execution that was put back. */
async function takeAgain(id: string): Promise<ExecutionEvent> {
  for (;;) {
    const { event, message } = await world.peer.take();
    message.done();
    if (event.executionId === id) return event;
  }
}

const late: ReportItem = { type: "log", step: 0, stream: "stdout", text: "late", time: 0 };

describe("startSweeper()", () => {
  test("startSweeper() ends an execution as lost when its lease expired", async () => {
    const { ref, rpc } = await world.claim("report");
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
    await endLease(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).status === "lost");
    expect(await world.show(ref.executionId)).toMatchObject({
      error: { code: "LEASE_LOST" },
      steps: [{ status: "failed", error: { code: "LEASE_LOST" } }],
    });
    expect(await codeOf(rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 }))).toBe("LEASE_LOST");
  });

  test("startSweeper() runs a package with on_lost: rerun again, and ignores step reports of its old attempt", async () => {
    const { ref } = await claimRerun();
    await world.peer.report(ref, 1, [
      { type: "step-started", step: 0, time: 0 },
      { type: "log", step: 0, stream: "stdout", text: "from attempt 1", time: 0 },
    ]);
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
    await endLease(ref.executionId);
    const event = await takeAgain(ref.executionId);
    expect(await world.show(ref.executionId)).toMatchObject({ status: "queued", steps: [{ status: "pending" }] });
    await world.peer.report(ref, 2, [
      { type: "step-finished", step: 0, status: "failed", exitCode: 1, durationMs: 1, time: 0 },
      { type: "read", step: 0, name: "DB_PASS", scope: "service", version: 1, outcome: "read", time: 0 },
    ]);
    await until(async () => (await world.show(ref.executionId)).receipt.length === 1);
    expect(await world.show(ref.executionId)).toMatchObject({
      steps: [{ status: "pending" }],
      receipt: [{ name: "DB_PASS", attempt: 1 }],
    });
    const again = await world.peer.claim(event);
    expect(again.ref.attempt).toBe(2);
    expect(await codeOf(world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 }))).toBe("LEASE_LOST");
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 0 });
    const shown = await world.show(ref.executionId);
    expect(shown).toMatchObject({
      status: "succeeded",
      steps: [{ output: "from attempt 1" }],
      attempts: [
        { attempt: 1, end: "lost" },
        { attempt: 2, end: "finished" },
      ],
    });
    const { lines } = await ask(world.platform, logPage, ["GET", `/executions/${ref.executionId}/logs`]);
    expect(lines.map(({ text }) => text)).toContain(
      "The executor did not renew its lease for 60 seconds while it ran attempt 1. The manifest says on_lost: rerun, so the execution runs again (1 of at most 5 times)",
    );
  });

  test("startSweeper() runs an execution again whose executor never got a grant, with any on_lost", async () => {
    const { ref } = await world.claim("report");
    await world.database.run("update attempts set granted_at = null where execution_id = $1", [ref.executionId]);
    await endLease(ref.executionId);
    const event = await takeAgain(ref.executionId);
    expect((await world.peer.claim(event)).ref.attempt).toBe(2);
    expect((await world.show(ref.executionId)).attempts).toMatchObject([{ end: "given-back" }, { end: null }]);
  });

  test("startSweeper() never runs a cancelled execution again", async () => {
    const { ref } = await claimRerun();
    await send(world.platform, "POST", `/executions/${ref.executionId}/cancel`);
    expect(await world.peer.rpc.renew(ref)).toMatchObject({ cancel: true });
    await endLease(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).status === "lost");
    expect((await world.show(ref.executionId)).error?.message).toContain("A cancel was requested before");
  });

  test("startSweeper() keeps an execution whose lease is live", async () => {
    const living = await world.claim("report");
    const dying = await world.claim("report");
    await endLease(dying.ref.executionId);
    await until(async () => (await world.show(dying.ref.executionId)).status === "lost");
    expect((await world.show(living.ref.executionId)).status).toBe("running");
  });

  test("startSweeper() ends a lost execution while another one cannot be swept", async () => {
    const broken = await world.claim("report");
    await world.database.run(
      `insert into report_chunks (execution_id, attempt, sequence, items, stored_at)
       values ($1, 1, 1, '{}', clock_timestamp() - interval '3 min')`,
      [broken.ref.executionId],
    );
    await world.database.run(
      `update executions set status = 'failed', last_sequence = 1, finished_at = clock_timestamp() - interval '2 min'
       where id = $1`,
      [broken.ref.executionId],
    );
    await until(async () =>
      world.logged.some((line) => line.includes("An expired lease or missing reports could not be handled")),
    );
    const { ref } = await world.claim("report");
    await endLease(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).status === "lost");
    await world.database.run("delete from report_chunks where execution_id = $1", [broken.ref.executionId]);
  });

  test("startSweeper() shows late lines of an earlier attempt, and ignores its step reports", async () => {
    const { ref } = await claimRerun();
    await world.peer.report(ref, 2, [
      { type: "log", step: 0, stream: "stdout", text: "late", time: 0 },
      { type: "step-finished", step: 0, status: "failed", exitCode: 1, durationMs: 1, time: 0 },
    ]);
    await until(async () => (await world.database.run("select 1 from report_chunks where items is not null")) > 0);
    await endLease(ref.executionId);
    const again = await world.peer.claim(await takeAgain(ref.executionId));
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 1 });
    await passSilence(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).steps[0]?.output === "late");
    await until(async () => (await world.show(ref.executionId)).reportsGap !== null);
    // PeerAttempt 2 sent no report, so its step ends with it and without anything from attempt 1.
    expect((await world.show(ref.executionId)).steps[0]).toMatchObject({ status: "succeeded", exitCode: null });
  });

  test("startSweeper() waits for the reports of the newest attempt, whatever an earlier one misses", async () => {
    const { ref } = await claimRerun();
    await world.peer.report(ref, 2, [{ type: "log", step: 0, stream: "stdout", text: "early", time: 0 }]);
    await until(async () => (await world.database.run("select 1 from report_chunks where items is not null")) > 0);
    await endLease(ref.executionId);
    const again = await world.peer.claim(await takeAgain(ref.executionId));
    await again.rpc.finish({ ...again.ref, status: "succeeded", lastSequence: 1 });
    await world.database.run(
      "update report_chunks set stored_at = stored_at - interval '3 min' where execution_id = $1",
      [ref.executionId],
    );
    await until(async () => (await world.show(ref.executionId)).steps[0]?.output === "early");
    expect(await world.show(ref.executionId)).toMatchObject({ reportsComplete: false, reportsGap: null });
    await world.peer.report(again.ref, 1, [late]);
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
  });

  test("startSweeper() shows lines that waited for a chunk that never came", async () => {
    const { ref } = await world.claim("report");
    const item: ReportItem = { type: "log", step: 0, stream: "stdout", text: "after the gap", time: 0 };
    await world.peer.report(ref, 2, [item]);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 2 });
    await until(
      async () =>
        (await world.database.run("select 1 from report_chunks where execution_id = $1", [ref.executionId])) > 0,
    );
    await passSilence(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).steps[0]?.output === "after the gap");
    const shown = await world.show(ref.executionId);
    expect(shown).toMatchObject({ reportsComplete: false, steps: [{ status: "succeeded", error: null }] });
    expect(shown.reportsGap).toContain("1 of 2 report chunks have not arrived");
    expect(await textsOf(ref.executionId)).toContain(shown.reportsGap);
    await world.peer.report(ref, 1, [{ ...item, text: "late" }]);
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
    expect(await world.show(ref.executionId)).toMatchObject({
      reportsGap: null,
      steps: [{ output: "after the gap\nlate" }],
    });
    expect((await textsOf(ref.executionId)).at(-1)).toBe("The missing reports of this run have arrived");
  });

  test("startSweeper() leaves no step open in an ended execution, whatever was reported", async () => {
    const { ref } = await world.claim("report");
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: 0 }]);
    const error = { code: "SCRIPT_FAILED", message: "it did" };
    await world.peer.rpc.finish({ ...ref, status: "failed", error, lastSequence: 2 });
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
    await passSilence(ref.executionId);
    await until(async () => (await world.show(ref.executionId)).reportsGap !== null);
    expect((await world.show(ref.executionId)).steps).toMatchObject([
      { status: "failed", error: { code: "REPORTS_MISSING" } },
    ]);
  });

  test("startSweeper() does not treat a backlog as a loss", async () => {
    const { ref } = await world.claim("report");
    const crowd = await world.claim("report");
    const gapsBefore = await world.database.run("select from executions where reports = 'gaps'");
    const dying = [await world.claim("report"), await world.claim("report")];
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    await world.database.transaction(async (sql) => {
      // Nothing can be stored, so more reports wait than one platform takes at once.
      await sql.run("lock table report_chunks in exclusive mode");
      for (let sequence = 1; sequence <= 300; sequence += 1) {
        await world.peer.report(crowd.ref, sequence, [late]);
        // The transaction must not be idle for long.
        if (sequence % 50 === 0) await statusOf(sql, crowd.ref.executionId);
      }
      await world.peer.report(ref, 1, [late]);
      await world.database.run("update executions set finished_at = finished_at - interval '3 min' where id = $1", [
        ref.executionId,
      ]);
      // Between two lost executions there is a full sweep.
      for (const lost of dying) {
        await endLease(lost.ref.executionId);
        // Through the transaction, which must not be idle for long.
        await until(async () => (await statusOf(sql, lost.ref.executionId)) === "lost");
      }
      expect(await sql.run("select from executions where reports = 'gaps'")).toBe(gapsBefore);
    });
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
  });

  test("startSweeper() loses nothing when PostgreSQL's clock jumps forward, and then continues", async () => {
    await shiftClock();
    const before = await world.claim("report");
    await endLease(before.ref.executionId);
    await until(async () => (await world.show(before.ref.executionId)).status === "lost");
    const living = await world.claim("report");
    const dying = await world.claim("report");
    await world.database.run(
      "update attempts set lease_until = clock_timestamp() + interval '12 s' where execution_id = any ($1)",
      [[living.ref.executionId, dying.ref.executionId]],
    );
    await world.database.run("update clock_shift set by = interval '15 s'", []);
    await until(async () => world.logged.some((line) => line.includes("PostgreSQL's clock jumped forward")));
    await living.rpc.state({ ...living.ref, op: "get" });
    await living.rpc.renew(living.ref);
    await until(async () => (await world.show(dying.ref.executionId)).status === "lost");
    expect((await world.show(living.ref.executionId)).status).toBe("running");
  });

  test("startSweeper() ends no lease while PostgreSQL's clock is far from this machine's", async () => {
    const { rpc, ref } = await world.claim("report");
    await world.database.run("update clock_shift set by = interval '10 min'", []);
    await until(async () => world.logged.some((line) => line.includes("this process leaves its work to others")));
    await endLease(ref.executionId);
    expect(await codeOf(rpc.renew(ref))).toBe("PLATFORM_UNREACHABLE");
    expect((await world.show(ref.executionId)).status).toBe("running");
    await world.database.run("update clock_shift set by = interval '0'", []);
    await until(async () => world.logged.some((line) => line.includes("The clock is right again")));
    // It says so a moment before it answers again.
    await until(async () => isAnswered(rpc.renew(ref)));
    expect((await world.show(ref.executionId)).status).toBe("running");
  });
});

/** Gives the world's database a clock that a test can set; new connections see it. */
async function shiftClock(): Promise<void> {
  await world.database.run("create table clock_shift as select interval '0' as by", []);
  await world.database.run(
    `create function clock_timestamp() returns timestamptz volatile language sql
     as 'select pg_catalog.clock_timestamp() + by from public.clock_shift'`,
    [],
  );
  await world.database.run(
    `do $$ begin
       execute format('alter database %I set search_path = public, pg_catalog', current_database());
     end $$`,
    [],
  );
  await world.database.run(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    [],
  );
  // The first query on a closed connection fails.
  await until(async () => isAnswered(world.database.run("select 1", [])));
  await until(async () => (await send(world.platform, "GET", "/projects")).ok);
}

async function isAnswered(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => true,
    () => false,
  );
}

/** Moves an execution's end and its newest chunk back, both at once, longer than reports are awaited. */
async function passSilence(id: string): Promise<void> {
  await world.database.run(
    `with moved as (
       update report_chunks set stored_at = stored_at - interval '3 min' where execution_id = $1
     )
     update executions set finished_at = finished_at - interval '3 min' where id = $1`,
    [id],
  );
}

async function textsOf(id: string): Promise<readonly string[]> {
  const { lines } = await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`]);
  return lines.map(({ text }) => text);
}

async function statusOf(sql: Sql, id: string): Promise<string | undefined> {
  const row = await sql.row(z.object({ status: z.string() }), "select status from executions where id = $1", [id]);
  return row?.status;
}
