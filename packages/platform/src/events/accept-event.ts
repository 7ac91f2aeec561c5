import { eventDataContext, sealWithKey, storedContext } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  type EventId,
  type ExecutionId,
  limits,
  type ProjectId,
  SealrunError,
  type SentEvent,
  type Trigger,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import { addExecution } from "../start/start-execution.ts";
import { getVersion } from "../packages/version-store.ts";
import { countSent, findDepth, findSender, insertEvent, listStarted, listWaiting, noteStarted } from "./store.ts";

/** An event that was sent to the platform. */
export interface IncomingEvent {
  readonly id: EventId;
  readonly projectId: ProjectId;
  readonly type: string;
  readonly source: string;
  readonly referenceId: string | undefined;
  /** JSON of an object, sealed with the project key. */
  readonly data: Uint8Array | undefined;
  /** The execution whose script sends it; null over HTTP. */
  readonly executionId: ExecutionId | null;
  readonly requester: Requester;
  /** The span of its request; none while tracing is off. */
  readonly trace?: string | undefined;
}

/**
 * Stores an event and starts every active package of its project that waits for its type, in the caller's transaction.
 * The same id again starts nothing more and gets the same answer. `BAD_REQUEST` for an id of another sender, for a
 * chain of events that start each other without end, and for more events than an execution may send.
 */
export async function acceptEvent(
  deps: Pick<Deps, "platformId" | "storageKey">,
  sql: Sql,
  event: IncomingEvent,
): Promise<SentEvent> {
  const { id, projectId, type, source, executionId } = event;
  const depth = executionId === null ? 0 : await findDepth(sql, executionId);
  checkDepth(depth, type);
  const place = { platformId: deps.platformId, projectId, eventId: id };
  const sealed =
    event.data === undefined ? null : sealWithKey(deps.storageKey, storedContext(eventDataContext(place)), event.data);
  const stored = { id, projectId, type, source, executionId, depth, sealed, referenceId: event.referenceId ?? null };
  if (!(await insertEvent(sql, stored))) return answerAgain(sql, event);
  if (executionId !== null) await checkCount(sql, executionId);
  const started: ExecutionId[] = [];
  for (const waiting of await listWaiting(sql, projectId, type)) {
    const execution = await addExecution(sql, {
      projectId,
      packageId: waiting.id,
      version: await getVersion(sql, waiting.id, waiting.currentVersion),
      // The executor turns the data's fields into parameters: the platform cannot read them.
      parameters: { visible: {}, sealed: null, sealedNames: [] },
      trigger: { kind: "event", eventId: id, type, source, executionId } satisfies Trigger,
      requester: { name: `event ${id}`, requestId: event.requester.requestId },
      trace: event.trace,
    });
    await noteStarted(sql, id, waiting.id, execution);
    started.push(execution);
  }
  const detail = { type, source, referenceId: stored.referenceId, depth, started };
  await recordAudit(sql, { requester: event.requester, action: "event.send", object: id, detail });
  return { id, started };
}

function checkDepth(depth: number, type: string): void {
  if (depth < limits.eventDepth) return;
  throw new SealrunError(
    "BAD_REQUEST",
    `The event ${type} follows from ${depth} others. The chain stops here: check for packages that start each other without end`,
  );
}

/** A script sends one request after another, so a count after the insert is right. */
async function checkCount(sql: Sql, executionId: ExecutionId): Promise<void> {
  if ((await countSent(sql, executionId)) <= limits.eventsPerExecution) return;
  throw new SealrunError(
    "BAD_REQUEST",
    `One execution may send at most ${limits.eventsPerExecution} events; put more data into each`,
  );
}

async function answerAgain(sql: Sql, event: IncomingEvent): Promise<SentEvent> {
  const sender = await findSender(sql, event.id);
  if (sender?.projectId === event.projectId && sender.executionId === event.executionId) {
    return { id: event.id, started: await listStarted(sql, event.id) };
  }
  throw new SealrunError("BAD_REQUEST", "Another sender already used this event id; make a new id");
}
