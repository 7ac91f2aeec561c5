import { sha256Hex } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { encodeJson, executionId, type ExecutionId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Requester } from "../deps.ts";

const keptHours = 24;

/** A request that may be sent again. */
export interface KeyedRequest {
  /** The requester's name: equal keys of two requesters are different keys. */
  readonly actor: string;
  readonly key: string;
  /** SHA-256 of the request. */
  readonly sha256: string;
}

/** Who starts an execution, and what came with the request. */
export interface StartedBy {
  readonly requester: Requester;
  /** Lets the requester retry safely: the same key gets the same execution. */
  readonly idempotencyKey?: string | undefined;
  /** The caller's `traceparent`, as it came. */
  readonly callersTrace?: string | undefined;
}

/** The request for that content, undefined without a key. Requests are the same when the JSON of their content is. */
export function keyedRequest(
  { requester, idempotencyKey: key }: StartedBy,
  content: readonly unknown[],
): KeyedRequest | undefined {
  if (key === undefined) return undefined;
  return { actor: requester.name, key, sha256: sha256Hex(encodeJson(content)) };
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

/**
 * Stores what a request started, as SQL; returns nothing when its key is in use. A request with the same key waits here
 * for the end of the earlier one's transaction. `source` has one row: actor, key, request_sha256, execution_id.
 */
export const takeKeyFrom = (source: string): string => `
  insert into idempotency_keys (actor, key, request_sha256, execution_id)
  select actor, key, request_sha256, execution_id from ${source}
  on conflict (actor, key) do update
    set request_sha256 = excluded.request_sha256, execution_id = excluded.execution_id, created_at = clock_timestamp()
    where idempotency_keys.created_at <= clock_timestamp() - interval '${keptHours} hours'
  returning key`;

/** Deletes keys that are older than a day. */
export async function forgetOldKeys(sql: Sql): Promise<void> {
  await sql.run("delete from idempotency_keys where created_at < clock_timestamp() - $1 * interval '1 hour'", [
    keptHours,
  ]);
}
