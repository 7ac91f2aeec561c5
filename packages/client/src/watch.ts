import {
  decodeText,
  type ExecutionStatus,
  jsonObject,
  liveEvent,
  type LiveEvent,
  SealrunError,
} from "@sealrun/protocol";
import { type Connection, path, send } from "./request.ts";
import { readServerEvents, type ServerEvent } from "./server-events.ts";

/** How to watch. */
export interface WatchOptions {
  readonly onEvent: (event: LiveEvent) => void;
  readonly signal?: AbortSignal | undefined;
  /** The cursor of a line: only what comes after it is told. */
  readonly after?: string | undefined;
}

/** Waits between tries to come back to a broken stream, in milliseconds; after the last one watching fails. */
const reconnectDelays = [100, 300, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000] as const;

/**
 * Follows an execution to its end and gives its last status. A broken stream is taken up after the last event seen;
 * lines come once, steps and statuses may come again. Fails when the platform refuses or stays away for half a minute.
 */
export async function watchExecution(
  connection: Connection,
  id: string,
  options: WatchOptions,
): Promise<ExecutionStatus> {
  let lastId = options.after ?? "";
  let failures = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      for await (const event of open(connection, { id, lastId, signal: options.signal })) {
        failures = 0;
        lastId = event.id;
        const live = readLiveEvent(event);
        if (live === undefined) continue;
        options.onEvent(live);
        if (live.kind === "end") return live.status;
      }
    } catch (error) {
      if (!(error instanceof SealrunError) || !error.row.retry || failures >= reconnectDelays.length) throw error;
    }
    const delay = reconnectDelays[failures];
    if (delay === undefined) throw new SealrunError("PLATFORM_UNREACHABLE", `The stream of ${id} keeps breaking off`);
    await wait(delay, options.signal);
    failures += 1;
  }
}

async function* open(
  connection: Connection,
  at: { readonly id: string; readonly lastId: string; readonly signal: AbortSignal | undefined },
): AsyncGenerator<ServerEvent> {
  const response = await send(connection, {
    method: "GET",
    path: path`/executions/${at.id}/events`,
    accept: "text/event-stream",
    headers: at.lastId === "" ? {} : { "last-event-id": at.lastId },
    signal: at.signal,
  });
  if (response.body === null) return;
  let last = at.lastId;
  try {
    for await (const event of readServerEvents(response.body)) {
      last = event.id === "" ? last : event.id;
      yield { ...event, id: last };
    }
  } catch (error) {
    if (at.signal?.aborted === true) throw at.signal.reason;
    throw new SealrunError("PLATFORM_UNREACHABLE", `The stream of ${at.id} broke off`, { cause: error });
  }
}

/** Undefined for a kind that a newer platform may send. */
function readLiveEvent(event: ServerEvent): LiveEvent | undefined {
  const parsed = liveEvent.safeParse({ ...decodeText(jsonObject, event.data), kind: event.name });
  return parsed.success ? parsed.data : undefined;
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
