import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  executorId,
  type ExecutorId,
  packageId,
  type PackageId,
  projectId,
  type ProjectId,
} from "@sealrun/protocol";
import { z } from "zod";

const grantRow = z
  .object({
    execution_id: executionId,
    attempt: z.number().int(),
    executor_id: executorId,
    package_id: packageId,
    project_id: projectId,
    request_id: z.string(),
    is_live: z.boolean(),
  })
  .transform((row) => ({
    executionId: row.execution_id,
    attempt: row.attempt,
    executorId: row.executor_id,
    packageId: row.package_id,
    projectId: row.project_id,
    requestId: row.request_id,
    isLive: row.is_live,
  }));
/** A granted attempt. */
export type StoredGrant = z.infer<typeof grantRow>;

const columns = `execution_id, attempt, executor_id, package_id, project_id, request_id,
  ended_at is null and ends_at > clock_timestamp() as is_live`;

/** A grant to record. */
export interface NewGrant {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  readonly executorId: ExecutorId;
  readonly packageId: PackageId;
  readonly projectId: ProjectId;
  /** Id of the executor's claim. */
  readonly requestId: string;
  readonly endsAt: Date;
}

/** All grants of an execution, locked: no other transaction adds one before this one ends. */
export async function lockGrants(sql: Sql, id: ExecutionId): Promise<StoredGrant[]> {
  await sql.run("select pg_advisory_xact_lock(hashtextextended($1, 0))", [id]);
  return sql.rows(grantRow, `select ${columns} from grants where execution_id = $1 order by attempt`, [id]);
}

/** The grant of one attempt, live or not. */
export async function findGrant(sql: Sql, id: ExecutionId, attempt: number): Promise<StoredGrant | undefined> {
  const text = `select ${columns} from grants where execution_id = $1 and attempt = $2`;
  return sql.row(grantRow, text, [id, attempt]);
}

/** Records a grant and ends those of earlier attempts. False when the executor's claim was granted before. */
export async function addGrant(sql: Sql, grant: NewGrant): Promise<boolean> {
  const added = await sql.run(
    `insert into grants (execution_id, attempt, executor_id, package_id, project_id, request_id, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (executor_id, request_id) do nothing`,
    [
      grant.executionId,
      grant.attempt,
      grant.executorId,
      grant.packageId,
      grant.projectId,
      grant.requestId,
      grant.endsAt,
    ],
  );
  await sql.run(
    "update grants set ends_at = least(ends_at, clock_timestamp()) where execution_id = $1 and attempt < $2",
    [grant.executionId, grant.attempt],
  );
  return added === 1;
}

/** Ends a grant; undefined when there is none, or it has already ended. */
export async function endGrant(sql: Sql, id: ExecutionId, attempt: number): Promise<StoredGrant | undefined> {
  return sql.row(
    grantRow,
    `update grants set ended_at = clock_timestamp()
     where execution_id = $1 and attempt = $2 and ended_at is null returning ${columns}`,
    [id, attempt],
  );
}
