import type { ExecutionId, ScheduleId } from "@sealrun/protocol";
import { inSpan } from "@sealrun/telemetry";
import type { Deps } from "../deps.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import { getVersion } from "../packages/version-store.ts";
import { findStarted, keyedRequest, type StartedBy } from "../start/idempotency-store.ts";
import { checkMayStart } from "../start/run-settings.ts";
import { addOnce } from "../start/start-execution.ts";
import { findOpen, noteRunNow } from "./open-store.ts";
import { readClock } from "./store.ts";

/** The schedule to run, and the requester. */
export interface RunNowTarget extends StartedBy {
  readonly schedule: ScheduleId;
}

/**
 * Starts the package of a schedule now, as a due time of it would: with the parameters of the schedule, whose values are
 * literal. Works for a paused schedule too, and changes no due time. `NOT_FOUND`, `ARCHIVED`, `IDEMPOTENCY_KEY_REUSED`,
 * and `BAD_REQUEST` for a package whose manifest forbids a start by hand.
 */
export async function runNow(
  { database, tracer }: Pick<Deps, "database" | "tracer">,
  target: RunNowTarget,
): Promise<ExecutionId> {
  const span = tracer?.begin("sealrun.accept", target.callersTrace);
  return inSpan(
    span,
    async () => start(database, target, span?.context),
    (id) => ({ "sealrun.execution.id": id }),
  );
}

async function start(
  database: Deps["database"],
  target: RunNowTarget,
  trace: string | undefined,
): Promise<ExecutionId> {
  const request = keyedRequest(target, ["schedule", target.schedule]);
  const before = request === undefined ? undefined : await findStarted(database, request);
  if (before !== undefined) return before;
  const schedule = await findOpen(database, target.schedule);
  refuseArchived(schedule.project, schedule.package);
  const { id, projectId, packageId, sealed, sealedNames } = schedule;
  const version = await getVersion(database, packageId, schedule.currentVersion);
  checkMayStart(schedule.package.name, version.manifest);
  return database.transaction(async (sql) => {
    const at = await readClock(sql);
    const trigger = { kind: "schedule", scheduleId: id, dueAt: at.toISOString() } as const;
    const parameters = { visible: {}, sealed, sealedNames };
    const { requester } = target;
    const added = { projectId, packageId, version, parameters, trigger, requester, trace };
    const executionId = await addOnce(sql, added, request);
    await noteRunNow(sql, { id, at, executionId });
    return executionId;
  });
}
