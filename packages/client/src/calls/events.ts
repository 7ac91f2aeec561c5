import { createBatchSealer, eventDataContext, newId, toBase64, wipe } from "@sealrun/crypto";
import {
  encodeJson,
  type JsonObject,
  limits,
  SealrunError,
  secretKey,
  sentEvent,
  type SentEvent,
  showBytes,
} from "@sealrun/protocol";
import { type Ask, path } from "../connection/request.ts";
import { retryWhenKeyChanged } from "./secrets.ts";
import type { Trust, TrustedKey } from "../connection/trust.ts";

/** An event to send. */
export interface EventToSend {
  readonly project: string;
  readonly type: string;
  readonly source?: string | undefined;
  readonly referenceId?: string | undefined;
  /** Its fields become parameters of what it starts. */
  readonly data?: JsonObject | undefined;
}

/** Events. */
export interface Events {
  /** Seals the data and sends the event; the answer names what it started. */
  sendEvent(event: EventToSend): Promise<SentEvent>;
}

/** The calls about events. */
export function createEvents(ask: Ask, trust: Trust): Events {
  return {
    sendEvent: async ({ project, data, ...event }) =>
      retryWhenKeyChanged(async () => {
        const id = newId("event");
        const sealed = data === undefined ? undefined : await seal(ask, trust, { project, id, data });
        const json = { ...event, id, sealed };
        return ask(sentEvent, { method: "POST", path: path`/projects/${project}/events`, json });
      }),
  };
}

async function seal(
  ask: Ask,
  trust: Trust,
  event: { readonly project: string; readonly id: string; readonly data: JsonObject },
): Promise<string> {
  const address = path`/projects/${event.project}/secrets/key`;
  const { key: statement } = await ask(secretKey, { method: "GET", path: address, isForSave: true });
  return sealData(await trust.readKey(statement, { scope: "project" }), event.id, event.data);
}

function sealData({ platformId, ownerId, publicKey }: TrustedKey, eventId: string, data: JsonObject): string {
  const plaintext = encodeJson(data);
  try {
    if (plaintext.length > limits.parametersBytes) {
      const max = showBytes(limits.parametersBytes);
      throw new SealrunError("VALUE_TOO_LARGE", `Expected data of at most ${max} as JSON`);
    }
    const context = eventDataContext({ platformId, projectId: ownerId, eventId });
    return toBase64(createBatchSealer(publicKey).seal(context, plaintext));
  } finally {
    wipe(plaintext);
  }
}
