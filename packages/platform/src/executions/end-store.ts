import type { Sql } from "@sealrun/postgres";
import type { AttemptRef, ExecutionStatus, Failure } from "@sealrun/protocol";
import { recordAuditsFrom } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { attemptsBell } from "../postgres/channels.ts";

/** The end of an execution as its attempt reported it. */
export interface ReportedEnd extends AttemptRef {
  readonly status: ExecutionStatus;
  readonly error: Failure | undefined;
  /** Sequence of the last report chunk. */
  readonly lastSequence: number;
  /** All chunks up to that one are stored; otherwise they are awaited. */
  readonly isComplete: boolean;
  /** The executor that reported it. */
  readonly requester: Requester;
}

/**
 * Ends executions and the attempts that ran them, after which the keyring is told, deletes parts of values that were
 * never completed, and writes the audit: one statement, whose parts write different tables. The caller holds the
 * executions.
 */
export async function endExecutions(sql: Sql, ends: readonly ReportedEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await sql.run(
    `with given as (
       select * from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[],
                            $9::json[]) with ordinality
         as given (execution_id, attempt, status, error, last_sequence, reports, actor, request_id, detail, place)),
     ended as (
       update attempts a set ended_at = clock_timestamp(), ended_as = 'finished' from given
       where a.execution_id = given.execution_id and a.attempt = given.attempt and a.ended_at is null),
     forgotten as (delete from set_parts p using given where p.execution_id = given.execution_id),
     noted as (${recordAuditsFrom("(select *, 'execution.finish' as action, execution_id as object from given) ends")})
     update executions e set status = given.status, error = given.error::json, last_sequence = given.last_sequence,
       finished_at = clock_timestamp(), reports = given.reports
     from given where e.id = given.execution_id`,
    [
      ends.map((one) => one.executionId),
      ends.map((one) => one.attempt),
      ends.map((one) => one.status),
      ends.map(({ error }) => (error === undefined ? null : JSON.stringify(error))),
      ends.map((one) => one.lastSequence),
      ends.map(({ isComplete }) => (isComplete ? "complete" : "awaited")),
      ends.map(({ requester }) => requester.name),
      ends.map(({ requester }) => requester.requestId),
      ends.map(({ attempt, status }) => JSON.stringify({ attempt, status })),
    ],
  );
  sql.ring(attemptsBell);
}
