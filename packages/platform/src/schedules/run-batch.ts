import { newId } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { SealrunError } from "@sealrun/protocol";
import type { Tracer } from "@sealrun/telemetry";
import { z } from "zod";
import { recordAudit, recordAudits } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import { addExecutions, type ExecutionToAdd } from "../start/start-execution.ts";
import { findVersions } from "../packages/version-store.ts";
import { readCheckedPeriods } from "./checked-store.ts";
import { type CheckedPeriod, decideDue, type DueDecision } from "./due-times.ts";
import { decideAfterHold } from "./due-after-hold.ts";
import { type DueFilter, type DueSchedule, findRuns, lockDue, setAllNextDue, noteRuns } from "./due-store.ts";
import { setNextDue } from "./store.ts";

type BatchDeps = Pick<Deps, "database" | "log" | "tracer">;

/** Due times in one transaction: enough to spread the cost of its dozen statements, few enough to keep it short. */
const maxDue = 100;

interface DecidedSchedule {
  readonly due: DueSchedule;
  readonly decision: DueDecision;
  /** The span of what starts its execution; none while tracing is off. */
  readonly span: ReturnType<Tracer["begin"]> | undefined;
}

/**
 * Handles up to a hundred due times in one transaction and returns how many; 0 when none is due, or other platforms
 * have locked them. A due time that cannot be run is skipped, and the others still run. When PostgreSQL refuses one of
 * them, the error is thrown after the others were run.
 */
export async function runBatch(deps: BatchDeps): Promise<number> {
  return runThese(deps, { limit: maxDue });
}

async function runThese(deps: BatchDeps, which: DueFilter): Promise<number> {
  let locked: readonly DueSchedule[] = [];
  try {
    const decided = await deps.database.transaction(async (sql) => {
      locked = await lockDue(sql, which);
      if (locked.length === 0) return [];
      const done = await apply(deps, sql, locked);
      crashPoint("platform.schedule.before-commit");
      return done;
    });
    if (decided.length > 0) crashPoint("platform.schedule.after-commit");
    for (const { due, span } of decided) span?.end({ "sealrun.schedule.id": due.id });
    logMissed(deps, decided);
    return decided.length;
  } catch (error) {
    const [first] = locked;
    if (first === undefined || isOutage(error)) throw error;
    if (locked.length > 1) return runHalves(deps, locked);
    if (!isFinal(error)) throw error;
    deps.log.error({ err: error, scheduleId: first.id }, "A due time cannot be run and was skipped");
    await deps.database.transaction(async (sql) => skipDue(sql, first, error));
    return 1;
  }
}

/** Finds the due time that made a batch fail, and runs the others. */
async function runHalves(deps: BatchDeps, locked: readonly DueSchedule[]): Promise<number> {
  const ids = locked.map(({ id }) => id);
  const middle = Math.ceil(ids.length / 2);
  let handled = 0;
  const refused: unknown[] = [];
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    try {
      handled += await runThese(deps, { ids: half, limit: half.length });
    } catch (error) {
      if (isOutage(error)) throw error;
      refused.push(error);
    }
  }
  if (refused.length > 0) throw refused[0];
  return handled;
}

/** An outage would fail every other due time too. */
function isOutage(error: unknown): boolean {
  return error instanceof SealrunError && error.row.retry;
}

/** A row that cannot be read, or a bug, would block every later due time; an error of PostgreSQL may be temporary. */
function isFinal(error: unknown): boolean {
  if (error instanceof SealrunError) return error.code !== "INTERNAL";
  return error instanceof z.ZodError || error instanceof TypeError || error instanceof RangeError;
}

async function apply(
  { tracer }: Pick<BatchDeps, "tracer">,
  sql: Sql,
  locked: readonly DueSchedule[],
): Promise<readonly DecidedSchedule[]> {
  const checked = await readCheckedPeriods(sql);
  const decided = locked.map((due) => {
    const decision = decide(due, checked);
    return { due, decision, span: decision.run === undefined ? undefined : tracer?.begin("sealrun.schedule") };
  });
  await setAllNextDue(
    sql,
    decided.map(({ due, decision }) => ({ id: due.id, next: decision.next })),
  );
  await recordAudits(
    sql,
    decided.filter(isMissed).map(({ due, decision }) => ({
      requester: scheduleRequester(due),
      action: "schedule.missed",
      object: due.packageId,
      detail: { dueAt: due.dueAt.toISOString(), nextAt: decision.next?.toISOString() ?? null },
    })),
  );
  await start(sql, decided);
  return decided;
}

function decide(due: DueSchedule, checked: readonly CheckedPeriod[]): DueDecision {
  return decideAfterHold(due) ?? decideDue({ ...due, checked });
}

async function start(sql: Sql, decided: readonly DecidedSchedule[]): Promise<void> {
  const times = decided.flatMap(({ due, span, decision: { run } }) =>
    run === undefined ? [] : [{ id: due.id, dueAt: run, due, trace: span?.context }],
  );
  if (times.length === 0) return;
  // Some may have run already: the clock was set back, or the database restored.
  const known = await findRuns(sql, times);
  const wanted = times.filter(({ id }) => !known.has(id));
  const versions = await findVersions(sql, new Map(wanted.map(({ due }) => [due.packageId, due.currentVersion])));
  const ids = await addExecutions(
    sql,
    wanted.map(({ due, dueAt, trace }): ExecutionToAdd => {
      const version = versions.get(due.packageId);
      if (version === undefined)
        throw new SealrunError("NOT_FOUND", `This package has no version ${due.currentVersion}`);
      return {
        projectId: due.projectId,
        packageId: due.packageId,
        version,
        // The executor fills in the defaults of parameters.json.
        parameters: { visible: {}, sealed: due.sealed, sealedNames: due.sealedNames },
        trigger: { kind: "schedule", scheduleId: due.id, dueAt: dueAt.toISOString() },
        requester: scheduleRequester(due),
        trace,
      };
    }),
  );
  await noteRuns(
    sql,
    wanted.map(({ id, dueAt }, index) => ({ id, dueAt, executionId: ids[index] })),
  );
}

function isMissed({ due, decision: { run } }: DecidedSchedule): boolean {
  return run === undefined || run > due.dueAt;
}

function scheduleRequester(due: DueSchedule): Requester {
  return { name: `schedule ${due.id}`, requestId: newId("request") };
}

function logMissed({ log }: Pick<BatchDeps, "log">, decided: readonly DecidedSchedule[]): void {
  const missed = decided.filter(isMissed);
  const [first] = missed;
  if (first === undefined) return;
  log.warn(
    {
      schedules: missed.length,
      forgotten: missed.filter(({ decision }) => decision.run === undefined).length,
      oldestDueAt: first.due.dueAt.toISOString(),
    },
    "Schedules missed due times while no platform checked them",
  );
}

async function skipDue(sql: Sql, due: DueSchedule, error: unknown): Promise<void> {
  const [again] = await lockDue(sql, { ids: [due.id], limit: 1 });
  if (again === undefined) return;
  const next = await nextAfter(sql, again);
  await setNextDue(sql, due.id, next);
  const detail = {
    dueAt: again.dueAt.toISOString(),
    nextAt: next?.toISOString() ?? null,
    code: error instanceof SealrunError ? error.code : "INTERNAL",
  };
  await recordAudit(sql, {
    requester: scheduleRequester(due),
    action: "schedule.failed",
    object: due.packageId,
    detail,
  });
}

/**
 * The next due time, or undefined when the rule can no longer be followed, for example because its time zone was
 * removed: the schedule ends.
 */
async function nextAfter(sql: Sql, due: DueSchedule): Promise<Date | undefined> {
  const checked = await readCheckedPeriods(sql);
  try {
    return decide(due, checked).next;
  } catch {
    return undefined;
  }
}
