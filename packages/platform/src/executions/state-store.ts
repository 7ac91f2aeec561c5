import type { Sql } from "@sealrun/postgres";
import type { PackageId } from "@sealrun/protocol";
import { z } from "zod";
import { recordAuditsFrom } from "../audit/store.ts";
import type { Requester } from "../deps.ts";

const stateRow = z.object({ key: z.string(), sealed: z.instanceof(Uint8Array) });
/** One key of a package's state, in both layers. */
export interface StoredState {
  readonly key: string;
  readonly sealed: Uint8Array;
}

/** A value that an executor puts, and for its audit row who put it in which attempt. */
export interface StatePut extends StoredState {
  /** Of the inner envelope. */
  readonly sha256: string;
  readonly requester: Requester;
  readonly attempt: number;
}

/**
 * Stores one key of a package's state with its audit row; the newest value wins. The same sealed bytes put again change
 * nothing: sealing never makes them twice, so it is the same request again, and the key may have a newer value.
 */
export async function putState(sql: Sql, packageId: PackageId, put: StatePut): Promise<void> {
  await sql.run(
    `with fresh as (
       insert into state_puts (package_id, key, sha256) values ($1, $2, $4)
       on conflict do nothing returning sha256),
     noted as (${recordAuditsFrom(`(
       select $5::text as actor, 'state.put' as action, $1::text as object, $6::json as detail, $7::text as request_id,
         1 as place from fresh) put`)})
     insert into package_state (package_id, key, sealed) select $1, $2, $3 from fresh
     on conflict (package_id, key) do update set sealed = excluded.sealed, updated_at = clock_timestamp()`,
    [
      packageId,
      put.key,
      put.sealed,
      put.sha256,
      put.requester.name,
      JSON.stringify({ attempt: put.attempt, key: put.key }),
      put.requester.requestId,
    ],
  );
}

/** Deletes notes of puts that are an hour old: no frame is accepted at that age, on any clock that works. */
export async function forgetPuts(sql: Sql): Promise<void> {
  await sql.run("delete from state_puts where put_at < clock_timestamp() - interval '1 hour'");
}

/** Entries after a key, in the order of keys. */
export async function readState(
  sql: Sql,
  packageId: PackageId,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly StoredState[]> {
  return sql.rows(
    stateRow,
    `select key, sealed from package_state where package_id = $1 and ($2::text is null or key collate "C" > $2)
     order by key limit $3`,
    [packageId, page.after ?? null, page.limit],
  );
}
