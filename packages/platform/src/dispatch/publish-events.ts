import { newId, signFrame } from "@sealrun/crypto";
import { crashPoint, failAfter } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, limits, SealrunError, subjects, toSealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Kept } from "../cache/kept.ts";
import type { Deps } from "../deps.ts";
import { endUnfinished } from "../executions/transitions.ts";
import { removeFromOutbox } from "../outbox/store.ts";
import type { ListSecrets } from "../secrets/lookup-store.ts";
import { buildEvent, type BuiltEvent } from "./build-event.ts";
import { markPublished, type ReadyExecution } from "./choice-store.ts";
import { createFindParts, type FindParts } from "./event-parts.ts";

/** What publishing needs. */
export type PublishDeps = Pick<Deps, "platformId" | "link" | "identity" | "storageKey" | "log"> & {
  readonly kept: Pick<Kept, "getVersion">;
};

/** The transaction of a batch. */
export interface BatchDeps {
  readonly sql: Sql;
  /** Called before the commit with the error code of each execution that ends because its event can never be built. */
  readonly noteEnd: (code: string) => void;
}

const publishTimeoutMs = 5_000;

/** Executions whose events may be published now, and the secrets of their packages. */
export interface ReadyBatch {
  readonly ready: readonly ReadyExecution[];
  readonly secretsOf: ListSecrets;
}

/** What became of a batch. */
export interface Published {
  readonly isAnyPublished: boolean;
  /** The error of NATS for an event that it did not take; its execution stays in the outbox. */
  readonly failure: unknown;
}

interface MadeEvent extends BuiltEvent {
  readonly ready: ReadyExecution;
  readonly generation: number;
}

/**
 * Publishes the next events of executions whose rows the caller holds, in this order, waits for all answers together,
 * and stores what was published in the caller's transaction, which ends with that. When no event of an execution can
 * ever be built, it fails. Throws the error of NATS when it took none; then nothing is stored.
 */
export async function publishBatch(
  deps: PublishDeps,
  batchDeps: BatchDeps,
  { ready: batch, secretsOf }: ReadyBatch,
): Promise<Published> {
  const { sql } = batchDeps;
  const findParts = createFindParts(deps, sql, secretsOf);
  const failures: unknown[] = [];
  let isAnyPublished = false;
  let next = batch.map((ready) => ({ ready, generation: ready.generation + 1 }));
  while (next.length > 0) {
    const made = await buildAll(deps, { ...batchDeps, findParts }, next);
    if (made.length === 0) break;
    crashPoint("platform.dispatch.before-publish");
    const answers = await Promise.allSettled(made.map(async (event) => publish(deps, event)));
    crashPoint("platform.dispatch.after-publish");
    const answered = made.flatMap((event, index) => {
      const answer = answers[index];
      if (answer?.status === "fulfilled") return [{ ...event, ...answer.value }];
      failures.push(answer?.reason);
      return [];
    });
    const stored = answered.filter(({ duplicate }) => !duplicate);
    if (stored.length > 0) {
      await markPublished(
        sql,
        stored.map(({ ready, ...event }) => ({ ...event, id: ready.id })),
        { isLast: stored.length === answered.length },
      );
    }
    isAnyPublished ||= stored.length > 0;
    // An event of this generation was published and its row was not committed: it cannot be claimed, so publish the
    // next one.
    next = answered
      .filter(({ duplicate }) => duplicate)
      .map(({ ready, generation }) => ({ ready, generation: generation + 1 }));
  }
  if (failures.length > 0 && !isAnyPublished) throw failures[0];
  return { isAnyPublished, failure: failures[0] };
}

/** Fails an execution of the outbox for which no event can ever be built; the caller holds its row. */
export async function endUnpublishable(
  { sql, noteEnd }: BatchDeps,
  id: ExecutionId,
  { code, message }: SealrunError,
): Promise<void> {
  await removeFromOutbox(sql, id);
  await endUnfinished(sql, id, { status: "failed", error: { code, message } });
  noteEnd(code);
}

async function buildAll(
  deps: PublishDeps,
  from: BatchDeps & { readonly findParts: FindParts },
  wanted: readonly Pick<MadeEvent, "ready" | "generation">[],
): Promise<readonly MadeEvent[]> {
  const made: MadeEvent[] = [];
  for (const one of wanted) {
    const built = await build(deps, from, one);
    if (built instanceof SealrunError) await endUnpublishable(from, one.ready.id, built);
    else made.push({ ...one, ...built });
  }
  return made;
}

/** The event, or the reason why it can never be built. */
async function build(
  deps: PublishDeps,
  { sql, findParts }: { readonly sql: Sql; readonly findParts: FindParts },
  { ready, generation }: Pick<MadeEvent, "ready" | "generation">,
): Promise<BuiltEvent | SealrunError> {
  try {
    const built = await buildEvent(deps, sql, ready, { generation, ...(await findParts(ready)) });
    const maxBytes = (deps.link.connection.info?.max_payload ?? 1_048_576) - 4_096;
    if (built.body.length <= maxBytes) return built;
    return new SealrunError(
      "VALUE_TOO_LARGE",
      `The event of this execution would have ${built.body.length} bytes, more than NATS accepts; make config.json smaller`,
    );
  } catch (error) {
    const failure = toSealrunError(error);
    // An unreadable row or a bug would block every execution behind it. An error of PostgreSQL may pass.
    const isOurs = error instanceof z.ZodError || error instanceof TypeError || error instanceof RangeError;
    if (!isOurs && (failure.code === "INTERNAL" || failure.row.retry)) throw error;
    deps.log.error(
      { err: error, executionId: ready.id },
      "The event of an execution cannot be built; the execution has failed",
    );
    return failure;
  }
}

async function publish(
  deps: PublishDeps,
  { ready, generation, body, expiresAt }: MadeEvent,
): Promise<{ readonly seq: number; readonly duplicate: boolean }> {
  const subject = subjects.executions(ready.pool);
  const frame = signFrame(
    deps.identity,
    {
      v: 1,
      kind: "event",
      subject,
      sender: deps.platformId,
      requestId: newId("request"),
      // The database's clock, as for `expiresAt`: this machine's clock may have just become wrong.
      time: expiresAt - limits.eventLifetimeMs,
      executionId: ready.id,
    },
    body,
  );
  const { seq, duplicate } = await deps.link.connection
    .jetstream({ timeout: publishTimeoutMs })
    .publish(subject, frame, { msgID: `${ready.id}:${ready.attempt}:${generation}` });
  failAfter("nats");
  return { seq, duplicate };
}
