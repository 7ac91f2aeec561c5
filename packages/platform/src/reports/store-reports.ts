import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { type SealrunError, toSealrunError } from "@sealrun/protocol";
import type { JsMsg } from "nats";
import type { Deps } from "../deps.ts";
import { applyReports, applyReportsOfMany, type AttemptReports } from "./apply-report.ts";
import type { ArrivedReport } from "./read-report.ts";

/** Pause before the stream sends a message again after a temporary failure. */
const retryMs = 1_000;

type StoreDeps = Pick<Deps, "database" | "log">;

/** Verified reports of one attempt by one executor. */
export interface AttemptMessages {
  readonly chunks: readonly ArrivedReport[];
}

/** The outcome of a transaction. */
export interface Stored<T> {
  /** False when the database did not answer in time: then less should be stored at once. */
  readonly isInTime: boolean;
  /** What must be stored by itself. */
  readonly left: readonly T[];
}

/**
 * Stores the reports of some attempts in one transaction, without waiting for a lock, and acknowledges their messages
 * after the commit. Attempts whose execution is locked are left, and all of them after an error. When the database does
 * not answer, all are redelivered.
 */
export async function storeTogether<T extends AttemptMessages>(
  deps: StoreDeps,
  groups: readonly T[],
): Promise<Stored<T>> {
  const given = groups.flatMap((group) => givenOf(group).map((one) => ({ ...one, group })));
  try {
    const stored = await commit(deps, async (sql) => applyReportsOfMany(sql, given));
    for (const { group } of stored) acknowledge(group);
    return { isInTime: true, left: given.filter((one) => !stored.includes(one)).map(({ group }) => group) };
  } catch (error) {
    if (isOutage(error)) {
      for (const group of groups) refuseOrRetryAll(deps, group, error);
      return { isInTime: false, left: [] };
    }
    deps.log.warn({ err: error }, "Reports of several attempts could not be stored together; storing them one by one");
    return { isInTime: true, left: groups };
  }
}

/**
 * Stores reports of one attempt. After an error, each half of them is stored by itself, until one chunk is left: only
 * that one is refused, or redelivered. When the database does not answer, all are redelivered, and the answer is false.
 */
export async function storeAlone(deps: StoreDeps, { chunks }: AttemptMessages): Promise<boolean> {
  try {
    for (const given of givenOf({ chunks })) await commit(deps, async (sql) => applyReports(sql, given));
    acknowledge({ chunks });
    return true;
  } catch (error) {
    const half = Math.ceil(chunks.length / 2);
    if (isOutage(error) || !isTemporary(toSealrunError(error)) || half === chunks.length) {
      refuseOrRetryAll(deps, { chunks }, error);
      return !isOutage(error);
    }
    const isFirstInTime = await storeAlone(deps, { chunks: chunks.slice(0, half) });
    return (await storeAlone(deps, { chunks: chunks.slice(half) })) && isFirstInTime;
  }
}

/** Reports of one attempt by one executor have the same key. */
export function attemptKey({ report: { executionId, attempt }, sender }: ArrivedReport): string {
  return `${executionId} ${attempt} ${sender}`;
}

/** What the database gets; nothing without a chunk. */
function givenOf({ chunks }: AttemptMessages): readonly AttemptReports[] {
  const [first] = chunks;
  if (first === undefined) return [];
  const { executionId, attempt } = first.report;
  return [{ executionId, attempt, executorId: first.sender, chunks: chunks.map(({ report }) => report) }];
}

async function commit<T>({ database }: Pick<Deps, "database">, work: (sql: Sql) => Promise<T>): Promise<T> {
  const done = await database.transaction(work);
  crashPoint("platform.report.after-commit");
  return done;
}

function acknowledge({ chunks }: AttemptMessages): void {
  for (const { message } of chunks) message.ack();
}

function refuseOrRetryAll(deps: StoreDeps, { chunks }: AttemptMessages, error: unknown): void {
  for (const { message } of chunks) refuseOrRetry(deps, message, error);
}

/**
 * Removes a report that can never be stored; requests redelivery after a temporary failure. No reason is sent: NATS 2.9
 * fails on it.
 */
export function refuseOrRetry({ log }: Pick<Deps, "log">, message: JsMsg, error: unknown): void {
  const failure = toSealrunError(error);
  if (isTemporary(failure)) {
    log.error({ err: error }, "A report could not be stored; trying again");
    message.nak(retryMs);
  } else {
    log.warn({ code: failure.code, subject: message.subject }, "A report was refused and removed from the stream");
    message.term();
  }
}

function isTemporary({ code, row }: SealrunError): boolean {
  return code === "INTERNAL" || row.retry;
}

/** True when the database did not answer, or not in time. */
function isOutage(error: unknown): boolean {
  return toSealrunError(error).row.retry;
}
