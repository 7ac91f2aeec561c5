import { changeTopic, type ChangeTopic, decodeText, jsonObject } from "@sealrun/protocol";
import { z } from "zod";
import { followEvents } from "./follow-events.ts";
import type { Connection } from "../connection/request.ts";
import type { ServerEvent } from "./server-events.ts";

/** For how many milliseconds a topic has not changed, where the platform says it. */
export type QuietMs = Readonly<Partial<Record<ChangeTopic, number>>>;

/** Gets the changes on the platform. */
export interface ChangeListener {
  /**
   * The topics whose lists may have changed; all topics after each reconnect. `quietMs` says for how long some of them
   * have not.
   */
  readonly onChange: (topics: readonly ChangeTopic[], quietMs: QuietMs) => void;
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
    const { topics, quietMs } = readChange(event);
    if (topics.length > 0) onChange(topics, quietMs);
  }
}

/** The known topics of a change; others, which a newer platform may send, are ignored. */
function readChange({ name, data }: ServerEvent): {
  readonly topics: readonly ChangeTopic[];
  readonly quietMs: QuietMs;
} {
  if (name !== "change") return { topics: [], quietMs: {} };
  const { topics, quietMs } = decodeText(jsonObject, data);
  const known = z
    .array(z.unknown())
    .catch([])
    .parse(topics)
    .flatMap((topic) => changeTopic.safeParse(topic).data ?? []);
  const quiet = z.record(z.string(), z.unknown()).catch({}).parse(quietMs);
  return {
    topics: known,
    quietMs: Object.fromEntries(
      known.flatMap((topic) => {
        const ms = quiet[topic];
        return typeof ms === "number" ? [[topic, ms] as const] : [];
      }),
    ),
  };
}
