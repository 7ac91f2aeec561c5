import { newId, signFrame } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { SealrunError, subjects, toSealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { ensureQueues } from "../../nats/ensure-queues.ts";
import { buildEvent, type BuiltEvent } from "./build-event.ts";
import {
  lockReady,
  markPublished,
  outboxChannel,
  type ReadyExecution,
  removeFromOutbox,
  renewExpiredEvents,
} from "./outbox-store.ts";
import { endUnfinished } from "../transitions.ts";

type Needed = Pick<Deps, "platformId" | "database" | "link" | "identity" | "storageKey" | "log">;

const pollMs = 1_000;
const publishTimeoutMs = 5_000;

/**
 * Publishes the events of the outbox until closed: at once when it rings, and every second in case a ring was missed.
 * Any number of platforms may do it beside each other.
 */
export async function startDispatcher(deps: Needed): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let rings = 0;
  let working: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    for (let heard = -1; heard !== rings && !closing.signal.aborted;) {
      heard = rings;
      try {
        await renewExpiredEvents(deps.database);
        while (!closing.signal.aborted && (await dispatchOne(deps)));
      } catch (error) {
        deps.log.warn({ err: error }, "Events could not be published; trying again");
        await ensureQueues(deps).catch((failure: unknown) => {
          deps.log.warn({ err: failure }, "The queues in NATS cannot be made");
        });
      }
    }
    working = undefined;
  };
  const ring = (): void => {
    rings += 1;
    working ??= work();
  };

  const stopListening = await deps.database.listen(outboxChannel, ring);
  const timer = setInterval(ring, pollMs);
  ring();
  return async () => {
    closing.abort();
    clearInterval(timer);
    await stopListening();
    await working;
  };
}

/** Publishes the event of one execution; false when none is ready. */
async function dispatchOne(deps: Needed): Promise<boolean> {
  return deps.database.transaction(async (sql) => {
    const ready = await lockReady(sql);
    if (ready === undefined) return false;
    if (ready.status !== "queued") await removeFromOutbox(sql, ready.id);
    else await dispatch(deps, sql, ready);
    return true;
  });
}

async function dispatch(deps: Needed, sql: Sql, ready: ReadyExecution): Promise<void> {
  const generation = ready.generation + 1;
  const built = await build(deps, sql, ready, generation);
  if (built instanceof SealrunError) {
    await removeFromOutbox(sql, ready.id);
    await endUnfinished(sql, ready.id, {
      status: "failed",
      error: { code: built.code, message: built.message },
    });
    return;
  }
  // An event of this generation went out and its row was not committed: nobody can claim it, so the next one is made.
  const isNew = await publish(deps, ready, { generation, body: built.body });
  if (isNew) await markPublished(sql, ready.id, { ...built, generation });
  else await dispatch(deps, sql, { ...ready, generation });
}

/** The event, or why there can never be one. */
async function build(
  deps: Needed,
  sql: Sql,
  ready: ReadyExecution,
  generation: number,
): Promise<BuiltEvent | SealrunError> {
  try {
    const built = await buildEvent(deps, sql, ready, generation);
    const mostBytes = (deps.link.connection.info?.max_payload ?? 1_048_576) - 4_096;
    if (built.body.length <= mostBytes) return built;
    return new SealrunError(
      "VALUE_TOO_LARGE",
      `The event of this execution would have ${built.body.length} bytes, more than NATS takes; make config.json smaller`,
    );
  } catch (error) {
    const failure = toSealrunError(error);
    // A row that cannot be read, or a bug, would hold up every execution after it; what PostgreSQL says may pass.
    const isOurs = error instanceof z.ZodError || error instanceof TypeError || error instanceof RangeError;
    if (!isOurs && (failure.code === "INTERNAL" || failure.row.retry)) throw error;
    deps.log.error({ err: error, executionId: ready.id }, "The event of an execution cannot be made");
    return failure;
  }
}

/** False when JetStream has had an event of this id already. */
async function publish(
  deps: Needed,
  ready: ReadyExecution,
  event: { readonly generation: number; readonly body: Uint8Array },
): Promise<boolean> {
  const subject = subjects.executions(ready.pool);
  const frame = signFrame(
    deps.identity,
    {
      v: 1,
      kind: "event",
      subject,
      sender: deps.platformId,
      requestId: newId("request"),
      time: Date.now(),
      executionId: ready.id,
    },
    event.body,
  );
  const answer = await deps.link.connection
    .jetstream({ timeout: publishTimeoutMs })
    .publish(subject, frame, { msgID: `${ready.id}:${ready.attempt}:${event.generation}` });
  return !answer.duplicate;
}
