import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type PackageId,
  readOutcome,
  scope,
  secretSource,
  type SecretExplanation,
  type SecretVersion,
} from "@sealrun/protocol";
import { z } from "zod";

const versionRow = z
  .object({
    version: z.number(),
    author: z.string(),
    source: secretSource,
    created_at: z.date(),
    end_kind: z.enum(["replaced", "deleted"]).nullable(),
    end_at: z.date().nullable(),
    end_author: z.string().nullable(),
  })
  .transform(({ version, author, source, created_at, end_kind, end_at, end_author }): SecretVersion => ({
    version,
    author,
    source,
    createdAt: created_at.toISOString(),
    end:
      end_kind === null || end_at === null || end_author === null
        ? null
        : { kind: end_kind, at: end_at.toISOString(), author: end_author },
  }));

/** The versions of a name in one scope, newest first, at most `maxVersions`; empty when it was never set there. */
export async function listHistory(
  sql: Sql,
  { scope: where, ownerId, name }: { readonly scope: string; readonly ownerId: string; readonly name: string },
  maxVersions: number | null = null,
): Promise<readonly SecretVersion[]> {
  return sql.rows(
    versionRow,
    `select v.version, v.author, v.source, v.created_at,
       case when d.version is not null then 'deleted' when n.version is not null then 'replaced' end as end_kind,
       coalesce(d.deleted_at, n.created_at) as end_at, coalesce(d.author, n.author) as end_author
     from secrets s join secret_versions v on v.secret_id = s.id
     left join secret_versions n on n.secret_id = v.secret_id and n.version = v.version + 1
     left join secret_deletions d on d.secret_id = v.secret_id and d.version = v.version
     where s.scope = $1 and s.owner_id = $2 and s.name = $3
     order by v.version desc limit $4`,
    [where, ownerId, name, maxVersions],
  );
}

const askedRow = z
  .object({
    execution: executionId,
    attempt: z.number().nullable(),
    step: z.string(),
    outcome: readOutcome,
    scope: scope.nullable(),
    version: z.number().nullable(),
    at: z.date(),
  })
  .transform(({ at, ...row }) => ({ ...row, at: at.toISOString() }));

/** The newest receipt row about a name in the last 1,000 executions of one package, or null. */
export async function findLastAsked(
  sql: Sql,
  packageId: PackageId,
  name: string,
): Promise<SecretExplanation["lastAsked"]> {
  const row = await sql.row(
    askedRow,
    `select e.id as execution, r.attempt, s.name as step, r.outcome, r.scope, r.version, r.at
     from receipts r join executions e on e.id = r.execution_id
     join execution_steps s on s.execution_id = r.execution_id and s.position = r.step
     where r.name = $2 and e.id in (select id from executions where package_id = $1 order by number desc limit 1000)
     order by e.number desc, r.number desc limit 1`,
    [packageId, name],
  );
  return row ?? null;
}
