import { z } from "zod";
import { fields } from "../text/document.ts";
import { base64 } from "../text/bytes-text.ts";
import { jsonObject } from "../text/json-value.ts";
import { eventId, eventText, eventType, executionId } from "../names.ts";

/**
 * `POST /api/v1/projects/:project/events`. Either `sealed` with `id` (the client's way: JSON of an object, sealed with
 * the project key and the context of that event's data) or `data` (a plain request: sealed at the boundary). A request
 * with the same id can be repeated: nothing starts twice.
 */
export const sendEvent = fields({
  id: eventId.optional(),
  type: eventType,
  /** The sender. Without it, the token's name. */
  source: eventText.min(1).optional(),
  referenceId: eventText.optional(),
  sealed: base64.optional(),
  data: jsonObject.optional(),
});
export type SendEvent = z.infer<typeof sendEvent>;

/** 202: the event and the started executions are committed. */
export const sentEvent = z.object({ id: eventId, started: z.array(executionId) });
export type SentEvent = z.infer<typeof sentEvent>;
