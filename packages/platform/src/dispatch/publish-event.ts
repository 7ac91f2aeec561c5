import { newId, signFrame } from "@sealrun/crypto";
import { crashPoint, failAfter } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, limits, SealrunError, subjects, toSealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { endUnfinished } from "../executions/transitions.ts";
import { buildEvent, type BuiltEvent } from "./build-event.ts";
import { markPublished, type ReadyExecution } from "./choice-store.ts";
import { removeFromOutbox } from "../outbox/store.ts";

type PublishDeps = Pick<Deps, "platformId" | "link" | "identity" | "storageKey" | "log">;

const publishTimeoutMs = 5_000;

/**
 * Publishes the next event of an execution whose row the caller holds, and stores that in the caller's transaction.
 * When no event can ever be built, the execution fails. Throws the error of NATS; then nothing is stored.
 */
export async function publishNext(deps: PublishDeps, sql: Sql, ready: ReadyExecution): Promise<void> {
  const generation = ready.generation + 1;
  const built = await build(deps, sql, ready, generation);
  if (built instanceof SealrunError) {
    await endUnpublishable(sql, ready.id, built);
    return;
  }
  crashPoint("platform.dispatch.before-publish");
  const answer = await publish(deps, ready, { ...built, generation });
  crashPoint("platform.dispatch.after-publish");
  // An event of this generation was published and its row was not committed: it cannot be claimed, so publish the next
  // one.
  if (answer.duplicate) await publishNext(deps, sql, { ...ready, generation });
  else await markPublished(sql, ready.id, { ...built, generation, seq: answer.seq });
}

/** Fails an execution of the outbox for which no event can ever be built; the caller holds its row. */
export async function endUnpublishable(sql: Sql, id: ExecutionId, { code, message }: SealrunError): Promise<void> {
  await removeFromOutbox(sql, id);
  await endUnfinished(sql, id, { status: "failed", error: { code, message } });
}

/** The event, or the reason why it can never be built. */
async function build(
  deps: PublishDeps,
  sql: Sql,
  ready: ReadyExecution,
  generation: number,
): Promise<BuiltEvent | SealrunError> {
  try {
    const built = await buildEvent(deps, sql, ready, generation);
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
  ready: ReadyExecution,
  event: Pick<BuiltEvent, "body" | "expiresAt"> & { readonly generation: number },
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
      time: event.expiresAt - limits.eventLifetimeMs,
      executionId: ready.id,
    },
    event.body,
  );
  const answer = await deps.link.connection
    .jetstream({ timeout: publishTimeoutMs })
    .publish(subject, frame, { msgID: `${ready.id}:${ready.attempt}:${event.generation}` });
  failAfter("nats");
  return answer;
}
