import { setTimeout as wait } from "node:timers/promises";
import { newId } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import { createRounds, type Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { deleteFeed } from "../feed/feed-store.ts";
import { retentionChannel } from "../postgres/channels.ts";
import { keepLastReads } from "../secrets/uses-store.ts";
import {
  deleteEvents,
  deleteExecutions,
  deleteSchedules,
  listOverdue,
  lockFinished,
  noteLogsDeleted,
  type Overdue,
  preferIndexes,
  tryAlone,
} from "./old-store.ts";

/** Executions, events or schedules of one transaction, and entries of their feeds. */
const batchSize = 100;
const maxFeedRows = 10_000;

type RetentionDeps = Pick<Deps, "database" | "log"> & { readonly fitness: Pick<Deps["fitness"], "clockFault"> };

/**
 * Deletes what is older than its limit, until closed: looks every `limits.retentionMs`, and at once after a limit has
 * changed. One platform at a time deletes; the others leave it to that one.
 */
export async function startRetention(deps: RetentionDeps): Promise<() => Promise<void>> {
  const rounds = createRounds(async (signal) => {
    try {
      await deleteOld(deps, signal);
    } catch (error) {
      deps.log.error(
        { err: error },
        "Old executions, logs, events or schedules could not be deleted; trying again in some minutes",
      );
    }
    return limits.retentionMs;
  });
  const stopListening = await deps.database.listen(retentionChannel, rounds.ring);
  rounds.ring();
  return async () => {
    await Promise.all([rounds.close(), stopListening()]);
  };
}

/** Deletes everything that is older than its limit now, in small transactions, and in at most half of the time. */
export async function deleteOld(deps: RetentionDeps, signal: AbortSignal): Promise<void> {
  // The age of everything is by PostgreSQL's clock, and that may be the wrong one.
  if (deps.fitness.clockFault() !== undefined) return;
  const overdue = await deps.database.transaction(async (sql) => {
    await preferIndexes(sql);
    return listOverdue(sql);
  });
  for (const project of overdue) {
    for (const delete_ of kinds) {
      if ((await deleteAll(deps, (sql, limit) => delete_(sql, project, limit), signal)) === "stopped") return;
    }
  }
}

/** Deletes one batch of one kind; how many it took, 0 when nothing is left. */
type DeleteBatch = (sql: Sql, project: Overdue, limit: number) => Promise<number>;

/** Executions first, so that no log is deleted twice; then events and schedules that nothing refers to any longer. */
const kinds: readonly DeleteBatch[] = [
  async (sql, project, limit) => deleteWhole(sql, project, { hasLog: false, limit }),
  async (sql, project, limit) => deleteWhole(sql, project, { hasLog: true, limit }),
  deleteLogs,
  async (sql, { projectId, executionsDays: days }, limit) =>
    days === 0 ? 0 : deleteEvents(sql, { projectId, days, limit }),
  async (sql, { projectId, executionsDays: days }, limit) =>
    days === 0 ? 0 : deleteSchedules(sql, { projectId, days, limit }),
];

/** Repeats a batch until it finds nothing; "stopped" when another platform deletes, or the signal aborted. */
async function deleteAll(
  { database, log }: RetentionDeps,
  deleteBatch: (sql: Sql, limit: number) => Promise<number>,
  signal: AbortSignal,
): Promise<"done" | "stopped"> {
  for (let limit = batchSize; !signal.aborted;) {
    const startedAt = performance.now();
    try {
      const taken = await database.transaction(async (sql) => {
        await preferIndexes(sql);
        const deleted = (await tryAlone(sql)) ? await deleteBatch(sql, limit) : undefined;
        if (deleted !== undefined && deleted > 0) crashPoint("platform.retention.before-commit");
        return deleted;
      });
      if (taken === undefined) return "stopped";
      if (taken === 0) return "done";
    } catch (error) {
      // One of them may be too large for one statement.
      if (limit === 1) throw error;
      limit = Math.ceil(limit / 4);
      log.warn(
        { err: error, limit },
        "Old executions, logs, events or schedules could not be deleted; trying again with fewer at once",
      );
    }
    await wait(performance.now() - startedAt, undefined, { signal }).catch(() => undefined);
  }
  return "stopped";
}

async function deleteWhole(
  sql: Sql,
  { projectId, executionsDays: days, rule }: Overdue,
  { hasLog, limit }: { readonly hasLog: boolean; readonly limit: number },
): Promise<number> {
  if (days === 0) return 0;
  const ids = await lockFinished(sql, { projectId, hasLog, days, limit });
  if (ids.length === 0) return 0;
  if (!(await deleteFeed(sql, ids, maxFeedRows))) {
    // Some entries are left. Until they are gone, readers must not take the rest for the whole log.
    await noteLogsDeleted(sql, ids, { days, rule, isLeft: hasLog });
    return ids.length;
  }
  await keepLastReads(sql, ids);
  await deleteExecutions(sql, ids);
  await recordDeletion(sql, projectId, { executions: ids.length, days, rule });
  return ids.length;
}

async function deleteLogs(sql: Sql, { projectId, logsDays: days, rule }: Overdue, limit: number): Promise<number> {
  if (days === 0) return 0;
  const ids = await lockFinished(sql, { projectId, hasLog: true, days, limit });
  if (ids.length === 0) return 0;
  const isGone = await deleteFeed(sql, ids, maxFeedRows);
  await noteLogsDeleted(sql, ids, { days, rule, isLeft: !isGone });
  if (isGone) await recordDeletion(sql, projectId, { logs: ids.length, days, rule });
  return ids.length;
}

async function recordDeletion(
  sql: Sql,
  object: Overdue["projectId"],
  detail: { readonly executions?: number; readonly logs?: number; readonly days: number; readonly rule: string },
): Promise<void> {
  const requester = { name: "sealrun retention", requestId: newId("request") };
  await recordAudit(sql, { requester, action: "retention.delete", object, detail });
}
