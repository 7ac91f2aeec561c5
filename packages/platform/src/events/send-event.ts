import { createBatchSealer, eventDataContext, newId, wipe } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import {
  encodeJson,
  type EventId,
  eventId,
  limits,
  SealrunError,
  type SendEvent,
  type SentEvent,
  showBytes,
} from "@sealrun/protocol";
import { inSpan } from "@sealrun/telemetry";
import type { Requester, Deps } from "../deps.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import type { Project } from "../projects/store.ts";
import { readSealedParameters } from "../secrets/read-sealed.ts";
import { fetchScopeKey } from "../secrets/scope-key.ts";
import { acceptEvent } from "./accept-event.ts";

type SendEventDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey" | "tracer">;

/**
 * Accepts an event from a client. Plain data is sealed here, in memory. `BAD_REQUEST` for plain and sealed data
 * together and for sealed data without its id, `ARCHIVED`; else as `acceptEvent` and `readSealedParameters`.
 */
export async function sendEvent(
  deps: SendEventDeps,
  target: {
    readonly project: Project;
    readonly requester: Requester;
    /** The caller's `traceparent`, as it came. */
    readonly callersTrace?: string | undefined;
  },
  given: SendEvent,
): Promise<SentEvent> {
  const { project, requester } = target;
  refuseArchived(project);
  const span = deps.tracer?.begin("sealrun.event", target.callersTrace);
  const id = given.id ?? eventId.parse(newId("event"));
  const accept = async (): Promise<SentEvent> => {
    const data = await readData(deps, project, given, id);
    const { type, referenceId } = given;
    const source = given.source ?? requester.name;
    const event = {
      id,
      projectId: project.id,
      type,
      source,
      referenceId,
      data,
      executionId: null,
      requester,
      trace: span?.context,
    };
    return deps.database.transaction(async (sql) => acceptEvent(deps, sql, event));
  };
  const sent = await inSpan(span, accept, () => ({ "sealrun.event.id": id }));
  crashPoint("platform.emit.after-commit");
  return sent;
}

async function readData(
  deps: SendEventDeps,
  project: Project,
  given: SendEvent,
  id: EventId,
): Promise<Uint8Array | undefined> {
  if (given.sealed === undefined && given.data === undefined) return undefined;
  if (given.sealed !== undefined && given.data !== undefined) {
    throw new SealrunError("BAD_REQUEST", "Expected either data or sealed, not both");
  }
  const key = await fetchScopeKey(deps, { scope: "project", ownerId: project.id });
  if (given.sealed !== undefined) {
    if (given.id === undefined) {
      throw new SealrunError("BAD_REQUEST", "Expected the id beside sealed: sealed data belongs to one event");
    }
    return readSealedParameters(key, given.sealed, "the data");
  }
  const plaintext = encodeJson(given.data ?? {});
  try {
    if (plaintext.length > limits.parametersBytes) {
      throw new SealrunError(
        "VALUE_TOO_LARGE",
        `Expected data of at most ${showBytes(limits.parametersBytes)} as JSON`,
      );
    }
    const place = { platformId: deps.platformId, projectId: project.id, eventId: id };
    return createBatchSealer(key.publicKey).seal(eventDataContext(place), plaintext);
  } finally {
    wipe(plaintext);
  }
}
