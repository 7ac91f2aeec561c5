import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";

const keptHours = 24;

/** A request that may be sent again. */
export interface KeyedRequest {
  /** The requester's name: equal keys of two requesters are different keys. */
  readonly actor: string;
  readonly key: string;
  /** SHA-256 of the request. */
  readonly sha256: string;
}

const keyRow = z.object({ request_sha256: z.string(), execution_id: executionId });

/**
 * The execution that this request started before, or undefined. `IDEMPOTENCY_KEY_REUSED` when the key came with another
 * request in the last 24 hours.
 */
export async function findStarted(sql: Sql, request: KeyedRequest): Promise<ExecutionId | undefined> {
  const row = await sql.row(
    keyRow,
    `select request_sha256, execution_id from idempotency_keys
     where actor = $1 and key = $2 and created_at > clock_timestamp() - $3 * interval '1 hour'`,
    [request.actor, request.key, keptHours],
  );
  if (row === undefined || row.request_sha256 === request.sha256) return row?.execution_id;
  throw new SealrunError("IDEMPOTENCY_KEY_REUSED", "");
}

/** Makes requests with the same key wait for each other until the transaction ends; then as `findStarted`. */
export async function lockKey(sql: Sql, request: KeyedRequest): Promise<ExecutionId | undefined> {
  const name = JSON.stringify([request.actor, request.key]);
  await sql.run("select pg_advisory_xact_lock(hashtextextended('sealrun idempotency ' || $1, 0))", [name]);
  return findStarted(sql, request);
}

/** Stores what a request started; the caller holds its key. */
export async function keepKey(sql: Sql, request: KeyedRequest, id: ExecutionId): Promise<void> {
  await sql.run(
    `insert into idempotency_keys (actor, key, request_sha256, execution_id) values ($1, $2, $3, $4)
     on conflict (actor, key) do update
       set request_sha256 = excluded.request_sha256, execution_id = excluded.execution_id, created_at = clock_timestamp()`,
    [request.actor, request.key, request.sha256, id],
  );
}

/** Deletes keys that are older than a day. */
export async function forgetOldKeys(sql: Sql): Promise<void> {
  await sql.run("delete from idempotency_keys where created_at < clock_timestamp() - $1 * interval '1 hour'", [
    keptHours,
  ]);
}
