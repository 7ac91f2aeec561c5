import { newId } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { addExecution } from "../executions/start-execution.ts";
import { getVersion } from "../packages/version-store.ts";
import { decideDue, type DueDecision } from "./due-times.ts";
import { decideHeld } from "./held-due.ts";
import { type DueSchedule, hasRun, lockDue, moveOn, noteRun, schedulesChannel, waitForNext } from "./store.ts";

type Needed = Pick<Deps, "database" | "log">;

/** A ring may be missed, and another platform may have held a row. */
const pollMs = 1_000;

/**
 * Starts an execution for every due time until closed: at the time itself, and every second in case somebody else held
 * the row. Any number of platforms may do it beside each other: each due time starts once.
 */
export async function startScheduler(deps: Needed): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let rings = 0;
  let working: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    clearTimeout(timer);
    let waitMs = pollMs;
    for (let heard = -1; heard !== rings && !closing.signal.aborted;) {
      heard = rings;
      try {
        while (!closing.signal.aborted && (await runOne(deps)));
        waitMs = Math.min((await waitForNext(deps.database)) ?? pollMs, pollMs);
      } catch (error) {
        waitMs = pollMs;
        deps.log.warn({ err: error }, "Due times could not be looked at; trying again");
      }
    }
    working = undefined;
    // Due and yet not run: another platform has it. Asking again at once would only be in its way.
    if (!closing.signal.aborted) timer = setTimeout(ring, waitMs > 0 ? Math.ceil(waitMs) : 100);
  };
  const ring = (): void => {
    rings += 1;
    working ??= work();
  };

  const stopListening = await deps.database.listen(schedulesChannel, ring);
  ring();
  return async () => {
    closing.abort();
    clearTimeout(timer);
    await stopListening();
    await working;
  };
}

/** Deals with one due time; false when none has come. */
async function runOne(deps: Needed): Promise<boolean> {
  let held: DueSchedule | undefined;
  try {
    const decision = await deps.database.transaction(async (sql) => {
      held = await lockDue(sql);
      if (held === undefined) return undefined;
      const decided = decide(held);
      await apply(sql, held, decided);
      crashPoint("platform.schedule.before-commit");
      return decided;
    });
    if (decision === undefined) return false;
    crashPoint("platform.schedule.after-commit");
    return true;
  } catch (error) {
    // A row that cannot be read, or a bug, would hold up every due time after it; what PostgreSQL says may pass.
    const isOurs = error instanceof z.ZodError || error instanceof TypeError || error instanceof RangeError;
    const isFinal = error instanceof SealrunError && !error.row.retry && error.code !== "INTERNAL";
    if (held === undefined || !(isOurs || isFinal)) throw error;
    deps.log.error({ err: error, scheduleId: held.id }, "A due time cannot be run and was passed over");
    const passed = held;
    await deps.database.transaction(async (sql) => passOver(sql, passed, error));
    return true;
  }
}

function decide(due: DueSchedule): DueDecision {
  return decideHeld(due) ?? decideDue(due);
}

async function apply(sql: Sql, due: DueSchedule, { run, next }: DueDecision): Promise<void> {
  const asker = { author: `schedule ${due.id}`, requestId: newId("request") };
  await moveOn(sql, due.id, next);
  if (run === undefined || run > due.dueAt) {
    const detail = { dueAt: due.dueAt.toISOString(), nextAt: next?.toISOString() ?? null };
    await recordAudit(sql, { asker, action: "schedule.missed", object: due.packageId, detail });
  }
  // A clock, or a database, that was set back.
  if (run === undefined || (await hasRun(sql, due.id, run))) return;
  const executionId = await addExecution(sql, {
    projectId: due.projectId,
    packageId: due.packageId,
    version: await getVersion(sql, due.packageId, due.currentVersion),
    // What parameters.json gives by itself is filled in where the run is opened.
    parameters: { visible: {}, sealed: due.sealed, sealedNames: due.sealedNames },
    trigger: { kind: "schedule", scheduleId: due.id, dueAt: run.toISOString() },
    asker,
  });
  await noteRun(sql, { id: due.id, dueAt: run, executionId });
}

async function passOver(sql: Sql, due: DueSchedule, error: unknown): Promise<void> {
  const again = await lockDue(sql);
  if (again?.id !== due.id) return;
  const asker = { author: `schedule ${due.id}`, requestId: newId("request") };
  const nextAt = nextAfter(again);
  await moveOn(sql, due.id, nextAt);
  const detail = {
    dueAt: again.dueAt.toISOString(),
    nextAt: nextAt?.toISOString() ?? null,
    code: error instanceof SealrunError ? error.code : "INTERNAL",
  };
  await recordAudit(sql, { asker, action: "schedule.failed", object: due.packageId, detail });
}

/** A rule that cannot be followed any more, such as a time zone that is no more, has no next time: it ends. */
function nextAfter(due: DueSchedule): Date | undefined {
  try {
    return decide(due).next;
  } catch {
    return undefined;
  }
}
