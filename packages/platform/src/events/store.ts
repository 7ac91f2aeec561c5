import type { Sql } from "@sealrun/postgres";
import {
  eventId,
  type EventId,
  executionId,
  type ExecutionId,
  packageId,
  type PackageId,
  projectId,
  type ProjectId,
  trigger,
} from "@sealrun/protocol";
import { z } from "zod";

/** An event as it is stored. */
export interface NewEvent {
  readonly id: EventId;
  readonly projectId: ProjectId;
  readonly type: string;
  readonly source: string;
  readonly referenceId: string | null;
  /** The execution whose script sent it; null when it came over HTTP. */
  readonly executionId: ExecutionId | null;
  readonly depth: number;
  /** Its data under both layers; null without any. */
  readonly sealed: Uint8Array | null;
}

const sentRow = z
  .object({ project_id: projectId, execution_id: executionId.nullable() })
  .transform(({ project_id, execution_id }) => ({ projectId: project_id, executionId: execution_id }));

const waitingRow = z
  .object({ id: packageId, current_version: z.number() })
  .transform(({ id, current_version }) => ({ id, currentVersion: current_version }));
/** A package that waits for an event. */
export type WaitingPackage = z.infer<typeof waitingRow>;

const dataRow = z
  .object({ id: eventId, type: z.string(), project_id: projectId, sealed: z.instanceof(Uint8Array).nullable() })
  .transform(({ project_id, ...row }) => ({ ...row, projectId: project_id }));

/** How many events an execution has sent. */
export async function countSent(sql: Sql, id: ExecutionId): Promise<number> {
  const row = await sql.row(
    z.object({ sent: z.number() }),
    "select count(*)::int as sent from events where execution_id = $1",
    [id],
  );
  return row?.sent ?? 0;
}

/** Stores an event; false when that id exists already. Of two at once, the second waits for the first. */
export async function insertEvent(sql: Sql, event: NewEvent): Promise<boolean> {
  const added = await sql.run(
    `insert into events (id, project_id, type, source, reference_id, execution_id, depth, sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
    [
      event.id,
      event.projectId,
      event.type,
      event.source,
      event.referenceId,
      event.executionId,
      event.depth,
      event.sealed,
    ],
  );
  return added === 1;
}

/** Who sent an event of that id, or undefined. */
export async function findSender(sql: Sql, id: EventId): Promise<z.infer<typeof sentRow> | undefined> {
  return sql.row(sentRow, "select project_id, execution_id from events where id = $1", [id]);
}

/** The executions that an event started. */
export async function listStarted(sql: Sql, id: EventId): Promise<ExecutionId[]> {
  const rows = await sql.rows(
    z.object({ execution_id: executionId }),
    `select r.execution_id from event_runs r join executions e on e.id = r.execution_id
     where r.event_id = $1 order by e.number`,
    [id],
  );
  return rows.map(({ execution_id }) => execution_id);
}

/** Records the execution that an event started for a package. */
export async function noteStarted(sql: Sql, id: EventId, of: PackageId, started: ExecutionId): Promise<void> {
  await sql.run("insert into event_runs (event_id, package_id, execution_id) values ($1, $2, $3)", [id, of, started]);
}

/** The project's active packages whose newest version waits for events of this type; none that is archived. */
export async function listWaiting(sql: Sql, of: ProjectId, type: string): Promise<readonly WaitingPackage[]> {
  return sql.rows(
    waitingRow,
    `select p.id, p.current_version from event_triggers t join packages p on p.id = t.package_id
       join projects j on j.id = p.project_id
     where p.project_id = $1 and t.type = $2 and p.archived_at is null and j.archived_at is null order by p.id`,
    [of, type],
  );
}

/** Makes these the types that a package waits for. */
export async function replaceTriggers(sql: Sql, of: PackageId, types: readonly string[]): Promise<void> {
  await sql.run("delete from event_triggers where package_id = $1", [of]);
  await sql.run("insert into event_triggers (package_id, type) select $1, type from unnest($2::text[]) given (type)", [
    of,
    [...new Set(types)],
  ]);
}

/** How many events led to the execution: 0 when no event started it. */
export async function findDepth(sql: Sql, id: ExecutionId): Promise<number> {
  const row = await sql.row(z.object({ trigger }), "select trigger from executions where id = $1", [id]);
  if (row?.trigger.kind !== "event") return 0;
  const event = await sql.row(z.object({ depth: z.number() }), "select depth from events where id = $1", [
    row.trigger.eventId,
  ]);
  return (event?.depth ?? 0) + 1;
}

/** An event's data under both layers, and the ids that its context needs; undefined for an unknown event. */
export async function findEventData(sql: Sql, id: string): Promise<z.infer<typeof dataRow> | undefined> {
  return sql.row(dataRow, "select id, type, project_id, sealed from events where id = $1", [id]);
}
