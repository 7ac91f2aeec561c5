import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  jsonObject,
  limits,
  packageId,
  packageName,
  poolId,
  projectId,
  projectName,
  trigger,
  type UploadReference,
} from "@sealrun/protocol";
import { z } from "zod";

/** Channel that rings when the outbox has a new row. */
export const outboxChannel = "sealrun_outbox";

const readyRow = z
  .object({
    id: executionId,
    status: z.string(),
    attempt: z.number(),
    generation: z.number(),
    pool_id: poolId,
    project_id: projectId,
    project_name: projectName,
    package_id: packageId,
    package_name: packageName,
    version_number: z.number(),
    visible: jsonObject,
    sealed: z.instanceof(Uint8Array).nullable(),
    trigger,
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    attempt: row.attempt,
    generation: row.generation,
    pool: row.pool_id,
    project: { id: row.project_id, name: row.project_name },
    package: { id: row.package_id, name: row.package_name },
    versionNumber: row.version_number,
    visible: row.visible,
    sealed: row.sealed,
    trigger: row.trigger,
  }));
/** An execution whose event is to be published. */
export type ReadyExecution = z.infer<typeof readyRow>;

/** Asks for an event; told to every dispatcher when the transaction commits. */
export async function addToOutbox(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run("insert into outbox (execution_id) values ($1) on conflict do nothing", [id]);
  await ringOutbox(sql);
}

/** Lets every dispatcher look at the outbox when the transaction commits. */
export async function ringOutbox(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [outboxChannel]);
}

/** The oldest execution whose pool has an executor, held until the transaction ends; other dispatchers pass it by. */
export async function lockReady(sql: Sql): Promise<ReadyExecution | undefined> {
  return sql.row(
    readyRow,
    `select e.id, e.status, e.attempt, e.generation, l.id as pool_id, p.id as project_id, p.name as project_name,
            k.id as package_id, k.name as package_name, v.number as version_number, e.visible, e.sealed, e.trigger
     from outbox o join executions e on e.id = o.execution_id
       join projects p on p.id = e.project_id join packages k on k.id = e.package_id
       join versions v on v.id = e.version_id
       join pools l on lower(l.name) = lower(e.pool_name)
     where exists (select from executors x where x.pool_id = l.id)
     order by e.number limit 1 for update of o, e skip locked`,
  );
}

/** Notes that the event of this generation is out, and what a grant for it must open. */
export async function markPublished(
  sql: Sql,
  id: ExecutionId,
  event: { readonly generation: number; readonly expiresAt: number; readonly uploads: readonly UploadReference[] },
): Promise<void> {
  await sql.run("update executions set generation = $2, event_expires_at = $3, uploads = $4 where id = $1", [
    id,
    event.generation,
    new Date(event.expiresAt),
    JSON.stringify(event.uploads),
  ]);
  await removeFromOutbox(sql, id);
}

/** Takes a row out of the outbox. */
export async function removeFromOutbox(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run("delete from outbox where execution_id = $1", [id]);
}

/** Asks for a new event for every queued execution whose own one expired; the answer is how many. */
export async function renewExpiredEvents(sql: Sql): Promise<number> {
  return sql.run(
    `insert into outbox (execution_id) select id from executions
     where status = 'queued' and event_expires_at < clock_timestamp() on conflict do nothing`,
  );
}

/** When an event that is made now expires, in milliseconds since 1970 on the database's clock. */
export async function nextExpiry(sql: Sql): Promise<number> {
  const row = await sql.row(
    z.object({ at: z.date() }),
    "select clock_timestamp() + $1 * interval '1 millisecond' as at",
    [limits.eventLifetimeMs],
  );
  return row?.at.getTime() ?? Date.now() + limits.eventLifetimeMs;
}
