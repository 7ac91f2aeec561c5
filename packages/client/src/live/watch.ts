import {
  decodeText,
  type ExecutionStatus,
  jsonObject,
  liveEvent,
  type LiveEvent,
  SealrunError,
} from "@sealrun/protocol";
import { followEvents } from "./follow-events.ts";
import { type Connection, path } from "../connection/request.ts";
import type { ServerEvent } from "./server-events.ts";

/** How to watch. */
export interface WatchOptions {
  readonly onEvent: (event: LiveEvent) => void;
  readonly signal?: AbortSignal | undefined;
  /** The cursor of a line: only later events are reported. */
  readonly after?: string | undefined;
  /** How many times in a row the stream may break before watching fails; 8 by default, about half a minute. */
  readonly maxFailures?: number | undefined;
}

/**
 * Follows an execution to its end and gives its last status. A broken stream is resumed after the last event seen: lines
 * come once, steps and statuses may come again. Fails when the platform refuses or is away after `maxFailures`.
 */
export async function watchExecution(
  connection: Connection,
  id: string,
  { onEvent, signal, after, maxFailures = 8 }: WatchOptions,
): Promise<ExecutionStatus> {
  const stream = { path: path`/executions/${id}/events`, of: id, after, signal, maxFailures };
  for await (const event of followEvents(connection, stream)) {
    const live = readLiveEvent(event);
    if (live === undefined) continue;
    onEvent(live);
    if (live.kind === "end") return live.status;
  }
  throw new SealrunError("PLATFORM_UNREACHABLE", `The stream of ${id} ended before the execution`);
}

/** Undefined for an unknown kind, which a newer platform may send. */
function readLiveEvent(event: ServerEvent): LiveEvent | undefined {
  const parsed = liveEvent.safeParse({ ...decodeText(jsonObject, event.data), kind: event.name });
  return parsed.success ? parsed.data : undefined;
}
