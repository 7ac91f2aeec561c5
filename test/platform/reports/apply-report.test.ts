import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import * as fc from "fast-check";
import { executorId, logPage, type ReportItem } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyReports, applyReportsOfMany } from "../../../packages/platform/src/reports/apply-report.ts";
import { finishAttempts } from "../../../packages/platform/src/rpc/finish-attempts.ts";
import { auditBell } from "../../../packages/postgres/src/rings.ts";
import { ask } from "../../support/api.ts";
import { countWaits } from "../../support/count-waits.ts";
import { countStatements } from "../../support/counting-sql.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

interface LineChanges {
  readonly stream?: "stderr" | "sdk" | "system";
  readonly level?: string;
  readonly step?: number | null;
}

const line = (text: string, more: LineChanges = {}): ReportItem => ({
  type: "log",
  step: 0,
  stream: "stdout",
  text,
  time: 1_000,
  ...more,
});
const linesOf = async (id: string): Promise<readonly string[]> =>
  (await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`])).lines.map(({ text }) => text);

describe("applyReports()", () => {
  test("applyReports() shows lines in the order of their chunks, however these come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }),
        fc.integer({ min: 0, max: 4 }),
        async (order, again) => {
          const { ref } = await world.claim("report");
          for (const sequence of [...order, order[again] ?? 1]) {
            await world.peer.report(ref, sequence, [line(`a${sequence}`), line(`b${sequence}`)]);
          }
          await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 5 });
          await until(async () => (await world.show(ref.executionId)).reportsComplete);
          expect(await linesOf(ref.executionId)).toEqual([1, 2, 3, 4, 5].flatMap((n) => [`a${n}`, `b${n}`]));
        },
      ),
      { numRuns: 4 },
    );
  });

  test("applyReports() keeps when a step was first started, whatever its tries", async () => {
    const { ref } = await world.claim("report");
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: 5_000 }]);
    await world.peer.report(ref, 2, [{ type: "step-started", step: 0, try: 2, time: 9_000 }]);
    await until(async () => (await world.show(ref.executionId)).steps[0]?.tries === 2);
    expect((await world.show(ref.executionId)).steps[0]?.startedAt).toBe("1970-01-01T00:00:05.000Z");
  });

  test("applyReports() keeps lines back while a chunk before them is missing", async () => {
    const { ref } = await world.claim("report");
    await world.peer.report(ref, 2, [line("second")]);
    await world.peer.report(ref, 3, [line("third")]);
    await until(async () => (await countChunks(ref.executionId)) === 2);
    expect(await linesOf(ref.executionId)).toEqual([]);
    await world.peer.report(ref, 1, [line("first")]);
    await until(async () => (await linesOf(ref.executionId)).length > 0);
    expect(await linesOf(ref.executionId)).toEqual(["first", "second", "third"]);
  });

  test("applyReports() never changes a step that has ended", async () => {
    const { ref } = await world.claim("report");
    const end = { type: "step-finished", step: 0, exitCode: 0, durationMs: 1, time: 1_000 } as const;
    await world.peer.report(ref, 1, [{ ...end, status: "succeeded", result: { a: 1 } }]);
    await world.peer.report(ref, 2, [
      { ...end, status: "failed", exitCode: 1 },
      { type: "step-started", step: 0, time: 1_000 },
      line("after"),
    ]);
    await until(async () => (await linesOf(ref.executionId)).length > 0);
    expect((await world.show(ref.executionId)).steps[0]).toMatchObject({
      status: "succeeded",
      exitCode: 0,
      result: { a: 1 },
    });
  });

  test("applyReports() puts connections on the receipt, each once, and ignores unknown steps", async () => {
    const { ref } = await world.claim("report");
    const counted = { connections: 3, sentBytes: 5_000_000_000, receivedBytes: 2 };
    const row = {
      host: "a.test",
      port: 443,
      address: "192.0.2.1",
      outcome: "connected",
      reason: null,
      ...counted,
    } as const;
    const refused = { ...row, address: null, outcome: "failed", reason: "a.test has no address" } as const;
    const item = { type: "connected", step: 0, ...row, time: 5_000 } as const;
    const items = [item, { ...item, step: 7 }, { ...item, ...refused }];
    await world.peer.report(ref, 1, items);
    await world.peer.report(ref, 1, items);
    await world.peer.report(ref, 2, [line("after")]);
    await until(async () => (await linesOf(ref.executionId)).length > 0);
    const told = { step: "main.sh", attempt: 1, time: "1970-01-01T00:00:05.000Z" };
    expect((await world.show(ref.executionId)).connections).toEqual([
      { ...row, ...told },
      { ...refused, ...told },
    ]);
  });

  test("applyReports() puts reads on the receipt and ignores unknown steps", async () => {
    const { ref } = await world.claim("report");
    const read = { type: "read", name: "DB_PASS", scope: "service", version: 1, outcome: "read", time: 5_000 } as const;
    await world.peer.report(ref, 1, [
      { ...read, step: 0, masking: "part" },
      { ...read, step: 7 },
      { ...read, step: 0, name: "odd\0name", scope: null, version: null, outcome: "missing" },
      line("there", { step: null }),
      line("nowhere", { step: 3 }),
    ]);
    await until(async () => (await linesOf(ref.executionId)).length > 0);
    const { receipt } = await world.show(ref.executionId);
    expect(receipt).toEqual([
      {
        name: "DB_PASS",
        scope: "service",
        version: 1,
        step: "main.sh",
        attempt: 1,
        outcome: "read",
        masking: "part",
        time: "1970-01-01T00:00:05.000Z",
      },
      {
        name: "odd\u{FFFD}name",
        scope: null,
        version: null,
        step: "main.sh",
        attempt: 1,
        outcome: "missing",
        masking: null,
        time: "1970-01-01T00:00:05.000Z",
      },
    ]);
    expect(await linesOf(ref.executionId)).toEqual(["there"]);
  });

  test("applyReports() keeps any text, and output is stdout, stderr and log lines together", async () => {
    const { ref } = await world.claim("report");
    const odd = 'NUL \0, quote ", \u{1F511}, half \ud83d, back \\';
    const logged = line("noted", { stream: "sdk", level: "info" });
    const ours = line("cut here", { stream: "system", level: "warning" });
    await world.peer.report(ref, 1, [line(odd), line("oops", { stream: "stderr" }), logged, ours]);
    await until(async () => (await linesOf(ref.executionId)).length > 3);
    expect(await linesOf(ref.executionId)).toEqual([odd, "oops", "noted", "cut here"]);
    expect((await world.show(ref.executionId)).steps[0]?.output).toBe(`${odd}\noops\nINFO noted`);
  });

  test("applyReports() keeps the last 64 KiB of a step's output to show", async () => {
    const { ref } = await world.claim("report");
    for (const sequence of [1, 2, 3]) {
      const lines = Array.from({ length: 1_000 }, (_, index) => line(`${sequence} ${index} ${"x".repeat(60)}`));
      await world.peer.report(ref, sequence, lines);
    }
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 3 });
    await until(async () => (await world.show(ref.executionId)).reportsComplete);
    const { output } = (await world.show(ref.executionId)).steps[0] ?? { output: "" };
    expect(output.length).toBeLessThanOrEqual(65_536);
    expect(output.length).toBeGreaterThan(65_000);
    expect(output.endsWith(`3 999 ${"x".repeat(60)}`)).toBe(true);
  });
});

describe("applyReportsOfMany()", () => {
  test("applyReportsOfMany() takes 3 statements in 2 waits for chunks of any number of attempts", async () => {
    const held = [await world.claim("report"), await world.claim("report"), await world.claim("report")];
    const given = held.map(({ ref }) => ({
      ...ref,
      executorId: executorId.parse(world.peer.state.identity.id),
      chunks: [1, 2, 3].map((sequence) => ({
        sequence,
        items: [
          { type: "step-started", step: 0, time: 1_000 } as const,
          { type: "read", step: 0, name: "A", scope: null, version: null, outcome: "missing", time: 0 } as const,
          line(`line ${sequence}`),
        ],
      })),
    }));
    const { database, takeWaits } = countWaits(world.database);
    const counted = await database.transaction(async (sql) => {
      const counting = countStatements(sql);
      expect(await applyReportsOfMany(counting, given)).toEqual(given);
      return counting.count();
    });
    expect(counted).toBe(3);
    // The lock with what is read under it; the changes with "commit".
    expect(takeWaits()).toBe(2);
    for (const { ref } of held) {
      expect(await linesOf(ref.executionId)).toEqual(["line 1", "line 2", "line 3"]);
      expect((await world.show(ref.executionId)).receipt).toHaveLength(3);
    }
  });

  test("applyReportsOfMany() leaves attempts that are locked, or are not this executor's", async () => {
    const [locked, free, foreign] = [
      await world.claim("report"),
      await world.claim("report"),
      await world.claim("report"),
    ] as const;
    const own = executorId.parse(world.peer.state.identity.id);
    const other = executorId.parse("exr_00000000000000000000");
    const of = ({ ref }: typeof locked, sender = own) => ({
      ...ref,
      executorId: sender,
      chunks: [{ sequence: 1, items: [line("one")] }],
    });
    await world.database.transaction(async (holder) => {
      await holder.run("select from executions where id = $1 for update", [locked.ref.executionId]);
      const given = [of(locked), of(free), of(foreign, other)];
      const stored = await world.database.transaction(async (sql) => applyReportsOfMany(sql, given));
      expect(stored).toEqual([of(free)]);
    });
    expect(await linesOf(free.ref.executionId)).toEqual(["one"]);
  });

  test("applyReportsOfMany() stores nothing that another executor says of an attempt, beside that one's own reports", async () => {
    const { ref } = await world.claim("report");
    const of = (sender: string, text: string) => ({
      ...ref,
      executorId: executorId.parse(sender),
      chunks: [{ sequence: text === "own" ? 1 : 2, items: [line(text)] }],
    });
    const [own, foreign] = [of(world.peer.state.identity.id, "own"), of("exr_00000000000000000000", "foreign")];
    const stored = await world.database.transaction(async (sql) => applyReportsOfMany(sql, [foreign, own]));
    expect(stored).toEqual([own]);
    expect(await linesOf(ref.executionId)).toEqual(["own"]);
    expect(await countChunks(ref.executionId)).toBe(1);
  });
});

describe("storeApplied()", () => {
  test("storeApplied() tells lists of reads and ends, and not of lines", async () => {
    const { ref } = await world.claim("report");
    const own = executorId.parse(world.peer.state.identity.id);
    const told: string[] = [];
    const stop = await world.database.listen("sealrun_execution", (payload) => {
      if (payload.startsWith(ref.executionId)) told.push(payload.slice(ref.executionId.length));
    });
    const apply = async (sequence: number, items: ReportItem[]) =>
      world.database.transaction(async (sql) =>
        applyReportsOfMany(sql, [{ ...ref, executorId: own, chunks: [{ sequence, items }] }]),
      );
    await apply(1, [line("one")]);
    const read = { type: "read", step: 0, scope: null, version: null, outcome: "missing", time: 1 } as const;
    await apply(2, [line("two"), { ...read, name: "DB_PASS" }]);
    await until(async () => told.length === 2);
    await stop();
    expect(told).toEqual([" lines", ""]);
  });

  test("storeApplied() wakes the audit's sealer for an end, and not for what a script reports meanwhile", async () => {
    const { ref } = await world.claim("report");
    const own = executorId.parse(world.peer.state.identity.id);
    const seen = { rung: 0, audited: 0 };
    const stop = world.database.onRing(auditBell, () => void (seen.rung += 1));
    const note = async (work: (sql: Sql) => Promise<unknown>): Promise<typeof seen> => {
      await world.database.transaction(work);
      const query = "select from audit where object = $1 and action = 'execution.finish'";
      seen.audited = await world.database.run(query, [ref.executionId]);
      return { ...seen };
    };
    const chunk = (sequence: number) => ({ sequence, items: [line(`line ${sequence}`)] });
    // The last of them has blocks merged: this transaction commits in another way.
    for (let sequence = 1; sequence <= 16; sequence += 1) {
      const given = { ...ref, executorId: own, chunks: [chunk(sequence)] };
      const apply = async (sql: Sql) =>
        sequence % 2 === 0 ? applyReports(sql, given) : applyReportsOfMany(sql, [given]);
      expect(await note(apply)).toEqual({ rung: 0, audited: 0 });
    }
    const end = { ...ref, status: "succeeded", lastSequence: 17, report: chunk(17), error: undefined } as const;
    const finish = async (sql: Sql) => finishAttempts(sql, { executorId: own, requestId: newId("request") }, [end]);
    expect(await note(finish)).toEqual({ rung: 1, audited: 1 });
    expect(await note(finish)).toEqual({ rung: 1, audited: 1 });
    stop();
    expect(await linesOf(ref.executionId)).toHaveLength(17);
  });
});

async function countChunks(id: string): Promise<number> {
  return world.database.run("select 1 from report_chunks where execution_id = $1", [id]);
}
