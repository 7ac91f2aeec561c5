import type { Sql } from "@sealrun/postgres";
import {
  type ExecutionId,
  executorId,
  type ExecutorId,
  poolId,
  type PoolId,
  projectRights,
  type ProjectRights,
} from "@sealrun/protocol";
import { z } from "zod";
import { bytesColumn } from "../bytes-column.ts";

const pool = z.object({ id: poolId, name: z.string() });
export type Pool = z.infer<typeof pool>;

const tokenRow = z
  .object({
    sealed_digest: bytesColumn,
    pool_id: poolId,
    pool_name: z.string(),
    projects: projectRights,
    is_expired: z.boolean(),
    executor_id: executorId.nullable(),
  })
  .transform((row) => ({
    sealedDigest: row.sealed_digest,
    poolId: row.pool_id,
    poolName: row.pool_name,
    projects: row.projects,
    isExpired: row.is_expired,
    executorId: row.executor_id,
  }));
export type StoredToken = z.infer<typeof tokenRow>;

const executorRow = z
  .object({
    id: executorId,
    sign_public: bytesColumn,
    box_public: bytesColumn,
    pool_id: poolId,
    projects: projectRights,
    is_revoked: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    signPublic: row.sign_public,
    boxPublic: row.box_public,
    poolId: row.pool_id,
    projects: row.projects,
    isRevoked: row.is_revoked,
  }));
/** An executor on the keyring's own list. */
export type StoredExecutor = z.infer<typeof executorRow>;

const executorColumns = "id, sign_public, box_public, pool_id, projects, revoked_at is not null as is_revoked";

/** The pool of that name in any case; made with the given id when it does not exist. */
export async function ensurePool(sql: Sql, name: string, newPoolId: PoolId): Promise<Pool> {
  await sql.run("insert into pools (id, name) values ($1, $2) on conflict do nothing", [newPoolId, name]);
  const found = await sql.row(pool, "select id, name from pools where lower(name) = lower($1)", [name]);
  return found ?? { id: newPoolId, name };
}

/** Stores a new token without its secret. */
export async function addToken(
  sql: Sql,
  token: {
    readonly id: string;
    readonly sealedDigest: Uint8Array;
    readonly poolId: PoolId;
    readonly projects: ProjectRights;
    readonly lifetimeMs: number;
  },
): Promise<void> {
  await sql.run(
    `insert into enrolment_tokens (id, sealed_digest, pool_id, projects, expires_at)
     values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`,
    [token.id, token.sealedDigest, token.poolId, JSON.stringify(token.projects), token.lifetimeMs],
  );
}

/** The token, locked until the transaction ends, so that it is used only once. */
export async function lockToken(sql: Sql, id: string): Promise<StoredToken | undefined> {
  return sql.row(
    tokenRow,
    `select t.sealed_digest, t.pool_id, p.name as pool_name, t.projects, t.executor_id,
            t.expires_at < clock_timestamp() as is_expired
       from enrolment_tokens t join pools p on p.id = t.pool_id where t.id = $1 for update of t`,
    [id],
  );
}

/** Adds an executor to the list and uses up its token. False when its id or one of its keys is taken. */
export async function addExecutor(
  sql: Sql,
  executor: {
    readonly id: ExecutorId;
    readonly signPublic: Uint8Array;
    readonly boxPublic: Uint8Array;
    readonly tokenId: string;
  },
): Promise<boolean> {
  const added = await sql.run(
    `insert into executors (id, sign_public, box_public, pool_id, projects)
     select $1, $2, $3, pool_id, projects from enrolment_tokens where id = $4
     on conflict do nothing`,
    [executor.id, executor.signPublic, executor.boxPublic, executor.tokenId],
  );
  if (added === 0) return false;
  await sql.run("update enrolment_tokens set executor_id = $1 where id = $2", [executor.id, executor.tokenId]);
  return true;
}

/**
 * The executor, revoked or not; it cannot be revoked before the transaction ends. With executions, these are locked too,
 * in the order of their ids: no other transaction that locks them adds a grant for one before this one ends.
 */
export async function lockExecutor(
  sql: Sql,
  id: string,
  executions: readonly ExecutionId[] = [],
): Promise<StoredExecutor | undefined> {
  return sql.row(
    executorRow,
    `select ${executorColumns} from executors
     where id = $1 and (
       select count(pg_advisory_xact_lock(hashtextextended(given.id, 0))) from unnest($2::text[]) as given (id)) >= 0
     for share`,
    [id, executions.toSorted()],
  );
}

const revokedRow = z
  .object({ id: executorId, revoked_at: z.date() })
  .transform(({ id, revoked_at }) => ({ id, revokedAt: revoked_at }));

/** The executors revoked after that time, earliest first; a minute earlier, for rows of slow transactions. */
export async function listRevoked(
  sql: Sql,
  after: string | null,
): Promise<readonly { readonly id: ExecutorId; readonly revokedAt: Date }[]> {
  return sql.rows(
    revokedRow,
    `select id, revoked_at from executors
     where revoked_at is not null and ($1::timestamptz is null or revoked_at > $1::timestamptz - interval '1 minute')
     order by revoked_at, id limit 1000`,
    [after],
  );
}

/** More than a message of NATS could name. */
const maxLatelyRevoked = 5_000;

/** The executors revoked less than that long ago, latest first. */
export async function listLatelyRevoked(
  sql: Sql,
  agoMs: number,
): Promise<readonly { readonly id: ExecutorId; readonly revokedAt: Date }[]> {
  return sql.rows(
    revokedRow,
    `select id, revoked_at from executors where revoked_at > clock_timestamp() - $1 * interval '1 millisecond'
     order by revoked_at desc, id limit $2`,
    [agoMs, maxLatelyRevoked],
  );
}

/** Notified when an executor was revoked. Heard in `announce-revocations.ts` by every running keyring. */
export const revokedChannel = "sealrun_revoked";

/** Marks an executor as revoked, once, and notifies the running keyrings; false for an unknown id. */
export async function markRevoked(sql: Sql, id: string): Promise<boolean> {
  const marked = await sql.run(
    `with marked as (update executors set revoked_at = coalesce(revoked_at, now()) where id = $1 returning id)
     select pg_notify($2, '') from marked`,
    [id, revokedChannel],
  );
  return marked > 0;
}
