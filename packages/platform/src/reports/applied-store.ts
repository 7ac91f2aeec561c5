import type { Sql } from "@sealrun/postgres";
import type { AttemptRef, ExecutionId, ExecutionStatus, Failure } from "@sealrun/protocol";
import { recordAuditsFrom } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { addBlocksFrom, blockValues, type PackedFeed, packFeeds } from "../feed/feed-store.ts";
import { attemptsBell, feedChannel, feedPayload } from "../postgres/channels.ts";
import type { AppliedChunks } from "./apply-chunks.ts";
import { readTime } from "./read-time.ts";

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
 * Stores what chunks of one or more attempts change, the feeds included, and the ends that came with them: of executions
 * and of the attempts that ran them, after which the keyring is told. With an end go the parts of values that were never
 * completed, and a row of the audit. The caller holds the executions. One statement: its parts write different rows, and
 * none reads what another writes.
 */
export async function storeApplied(
  sql: Sql,
  applied: readonly AppliedChunks[],
  ends: readonly ReportedEnd[] = [],
): Promise<void> {
  const chunks = applied.flatMap(({ of, kept }) => kept.map((chunk) => ({ ...of, ...chunk })));
  const steps = applied.flatMap(({ of, steps }) => steps.map((step) => ({ ...step, executionId: of.executionId })));
  const reads = applied.flatMap(({ of, reads }) => reads.map((read) => ({ ...of, ...read })));
  const feeds = packFeeds(applied.map(({ of, entries }) => ({ id: of.executionId, entries })));
  const attempts = changedAttempts(applied, ends);
  const executions = changedExecutions(applied, ends, feeds);
  if (chunks.length + steps.length + executions.length === 0) return;
  await sql.run(ends.length > 0 ? storeWithEnds : storeReports, [
    chunks.map((one) => one.executionId),
    chunks.map((one) => one.attempt),
    chunks.map((one) => one.sequence),
    chunks.map((one) => json(one.items)),
    attempts.map((one) => one.executionId),
    attempts.map((one) => one.attempt),
    attempts.map((one) => one.sequence),
    attempts.map((one) => one.isEnd),
    executions.map(({ id }) => id),
    executions.map(({ count }) => count),
    executions.map(({ reports }) => reports),
    executions.map(({ end }) => end?.status ?? null),
    executions.map(({ end }) => json(end?.error ?? null)),
    executions.map(({ end }) => end?.lastSequence ?? null),
    steps.map((one) => one.executionId),
    steps.map((one) => one.position),
    steps.map((one) => one.status),
    steps.map((one) => one.exitCode),
    steps.map((one) => one.startedAt),
    steps.map((one) => one.durationMs),
    steps.map((one) => one.tries),
    steps.map((one) => json(one.error)),
    steps.map((one) => one.isToldEarly),
    steps.map((one) => (one.result === undefined ? null : JSON.stringify(one.result))),
    reads.map((one) => one.executionId),
    reads.map((one) => one.attempt),
    reads.map((one) => one.step),
    // A script may ask for any text: cut it, and replace the character that PostgreSQL refuses.
    reads.map(({ name }) => name.slice(0, 128).replaceAll("\0", "\u{FFFD}")),
    reads.map((one) => one.scope),
    reads.map(({ version }) => (version !== null && version <= 2_147_483_647 ? version : null)),
    reads.map((one) => one.outcome),
    reads.map((one) => one.masking ?? null),
    reads.map(({ time }) => readTime(time)),
    ends.map((one) => one.executionId),
    ends.map(({ requester }) => requester.name),
    ends.map(({ requester }) => requester.requestId),
    ends.map(({ attempt, status }) => JSON.stringify({ attempt, status })),
    ...blockValues(feeds),
    feedChannel,
    steps.map((one) => one.peakMemoryBytes),
    steps.map((one) => one.cpuMs),
    executions.map(({ isLines }) => isLines),
  ]);
  if (ends.length > 0) sql.ring(attemptsBell);
}

const noteEnds = recordAuditsFrom(`(
    select object, actor, request_id, detail, place, 'execution.finish' as action
    from unnest($34::text[], $35::text[], $36::text[], $37::json[]) with ordinality
      as given (object, actor, request_id, detail, place)) ends`);

/** Without ends it adds nothing to the audit, and must not say so: each such statement wakes the sealer. */
const textOf = (hasEnds: boolean): string => `
  with kept as (
    insert into report_chunks (execution_id, attempt, sequence, items)
    select k.execution_id, k.attempt, k.sequence, k.items::json
    from unnest($1::text[], $2::int[], $3::int[], $4::text[]) as k (execution_id, attempt, sequence, items)
    on conflict (execution_id, attempt, sequence) do update set items = excluded.items),
  reported as (
    update attempts a set applied_sequence = coalesce(given.sequence, a.applied_sequence),
      ended_at = coalesce(a.ended_at, case when given.is_end then clock_timestamp() end),
      ended_as = case when given.is_end and a.ended_at is null then 'finished' else a.ended_as end
    from unnest($5::text[], $6::int[], $7::int[], $8::bool[]) as given (execution_id, attempt, sequence, is_end)
    where a.execution_id = given.execution_id and a.attempt = given.attempt),
  moved as (
    update executions e set cursor = e.cursor + given.count, reports = coalesce(given.reports, e.reports),
      status = coalesce(given.status, e.status), last_sequence = coalesce(given.last_sequence, e.last_sequence),
      error = case when given.status is null then e.error else given.error::json end,
      finished_at = case when given.status is null then e.finished_at else clock_timestamp() end
    from unnest($9::text[], $10::int[], $11::text[], $12::text[], $13::text[], $14::int[], $48::boolean[])
      as given (id, count, reports, status, error, last_sequence, is_lines)
    where e.id = given.id returning e.id, e.cursor, given.count, given.is_lines),
  told as (${addBlocksFrom("moved", 38)}),
  changed as (
    update execution_steps s set status = c.status, exit_code = c.exit_code, started_at = c.started_at,
      duration_ms = c.duration_ms, tries = c.tries, error = c.error::json, is_told_early = c.is_told_early,
      result = coalesce(c.result::json, s.result), peak_memory_bytes = c.peak_memory_bytes, cpu_ms = c.cpu_ms
    from unnest($15::text[], $16::int[], $17::text[], $18::int[], $19::timestamptz[], $20::float8[], $21::int[],
                $22::text[], $23::bool[], $24::text[], $46::float8[], $47::float8[])
      as c (execution_id, position, status, exit_code, started_at, duration_ms, tries, error, is_told_early, result,
            peak_memory_bytes, cpu_ms)
    where s.execution_id = c.execution_id and s.position = c.position),
  received as (
    insert into receipts (execution_id, attempt, step, name, scope, version, outcome, masking, at, owner_id)
    select r.execution_id, r.attempt, r.step, r.name, r.scope, r.version, r.outcome, r.masking, r.at,
      case r.scope when 'service' then e.package_id when 'project' then e.project_id
        when 'platform' then (select platform_id from installation) end
    from unnest($25::text[], $26::int[], $27::int[], $28::text[], $29::text[], $30::int[], $31::text[], $32::text[],
                $33::timestamptz[]) with ordinality
      as r (execution_id, attempt, step, name, scope, version, outcome, masking, at, place)
    join executions e on e.id = r.execution_id order by r.place),
  forgotten as (delete from set_parts where execution_id = any ($34::text[])),
  noted as (${hasEnds ? noteEnds : "select $35::text[], $36::text[], $37::json[]"})
  select count(pg_notify($45, ${feedPayload("id", "is_lines")})) from moved where count > 0`;
const storeReports = textOf(false);
const storeWithEnds = textOf(true);

/** Each attempt once: the last of its chunks that is in the feed, and whether it ends. */
function changedAttempts(applied: readonly AppliedChunks[], ends: readonly ReportedEnd[]) {
  return applied.flatMap(({ of, kept, appliedSequence }) => {
    const isMoved = kept.some(({ items }) => items === null);
    const isEnd = ends.some(({ executionId, attempt }) => executionId === of.executionId && attempt === of.attempt);
    return isMoved || isEnd ? [{ ...of, sequence: isMoved ? appliedSequence : null, isEnd }] : [];
  });
}

interface ChangedExecution {
  readonly id: ExecutionId;
  /** How far the cursor of its feed moves. */
  readonly count: number;
  readonly reports: "complete" | "awaited" | null;
  readonly end: ReportedEnd | undefined;
  /** Nothing but lines of output came. */
  readonly isLines: boolean;
}

/** Each execution once, whatever number of its attempts is reported about. */
function changedExecutions(
  applied: readonly AppliedChunks[],
  ends: readonly ReportedEnd[],
  feeds: readonly PackedFeed[],
): readonly ChangedExecution[] {
  const ofFeeds = new Map(feeds.map((feed) => [feed.id, feed]));
  const ofEnds = new Map(ends.map((end) => [end.executionId, end]));
  return [...Map.groupBy(applied, ({ of }) => of.executionId)].flatMap(([id, parts]) => {
    const end = ofEnds.get(id);
    const { count, isLines: isOutput } = ofFeeds.get(id) ?? { count: 0, isLines: true };
    const isComplete = end?.isComplete ?? parts.some((part) => part.isComplete);
    if (end === undefined && count === 0 && !isComplete) return [];
    const isLines = isOutput && !isComplete && end === undefined && parts.every(changesNoList);
    return [{ id, count, reports: isComplete ? "complete" : end === undefined ? null : "awaited", end, isLines }];
  });
}

function changesNoList({ steps, reads, connected }: AppliedChunks): boolean {
  return steps.length + reads.length + connected.length === 0;
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
