import { changeTopic, type ChangeTopic, decodeText, jsonObject } from "@sealrun/protocol";
import { z } from "zod";
import { followEvents } from "./follow-events.ts";
import type { Connection } from "../connection/request.ts";
import type { ServerEvent } from "./server-events.ts";

/** Gets the changes on the platform. */
export interface ChangeListener {
  /** The topics whose lists may have changed; all topics after each reconnect. */
  readonly onChange: (topics: readonly ChangeTopic[]) => void;
  /** Whether changes arrive: `connected` with the first event, `lost` until the stream is back. */
  readonly onState?: ((state: "connected" | "lost") => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reports changes until the signal aborts, and reconnects without limit, with a backoff of at most 8 seconds. Fails only
 * when the platform refuses, `UNAUTHENTICATED` when the session has ended, and with the signal's reason.
 */
export async function watchChanges(
  connection: Connection,
  { onChange, onState, signal }: ChangeListener,
): Promise<void> {
  const onBreak = (): void => onState?.("lost");
  const stream = { path: "/changes", of: "changes", signal, maxFailures: Infinity, onBreak };
  for await (const event of followEvents(connection, stream)) {
    onState?.("connected");
    const topics = readTopics(event);
    if (topics.length > 0) onChange(topics);
  }
}

/** The known topics of a change; others, which a newer platform may send, are ignored. */
function readTopics({ name, data }: ServerEvent): readonly ChangeTopic[] {
  if (name !== "change") return [];
  const { topics } = decodeText(jsonObject, data);
  return z
    .array(z.unknown())
    .catch([])
    .parse(topics)
    .flatMap((topic) => changeTopic.safeParse(topic).data ?? []);
}
