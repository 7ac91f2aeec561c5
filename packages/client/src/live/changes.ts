import { changeTopic, type ChangeTopic, decodeText, jsonObject } from "@sealrun/protocol";
import { z } from "zod";
import { followEvents } from "./follow-events.ts";
import type { Connection } from "../connection/request.ts";
import type { ServerEvent } from "./server-events.ts";

/** Hears what changes on the platform. */
export interface ChangeListener {
  /** The lists that may show something else now; all of them after each break. */
  readonly onChange: (topics: readonly ChangeTopic[]) => void;
  /** Whether changes arrive: `connected` with the first event, `lost` until the stream is back. */
  readonly onState?: ((state: "connected" | "lost") => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells of changes until the signal aborts, and comes back to a broken stream for ever, every 8 seconds at last. Fails
 * only when the platform refuses, `UNAUTHENTICATED` when the session has ended, and with the signal's reason.
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

/** Topics that a newer platform may send are passed over. */
function readTopics({ name, data }: ServerEvent): readonly ChangeTopic[] {
  if (name !== "change") return [];
  const { topics } = decodeText(jsonObject, data);
  return z
    .array(z.unknown())
    .catch([])
    .parse(topics)
    .flatMap((topic) => changeTopic.safeParse(topic).data ?? []);
}
