import { SealrunError } from "@sealrun/protocol";
import { type Connection, send } from "../connection/request.ts";
import { readServerEvents, type ServerEvent } from "./server-events.ts";

/** A stream of server-sent events, and what to do when it breaks. */
export interface FollowedStream {
  /** Below `/api/v1`; made with `path`. */
  readonly path: string;
  /** For sentences: `The stream of …`. */
  readonly of: string;
  /** The id after which to begin. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How many times in a row the stream may break before following fails; Infinity to reconnect without limit. */
  readonly maxFailures: number;
  /** Called each time the stream breaks. */
  readonly onBreak?: (() => void) | undefined;
}

/** Backoff between reconnects, in milliseconds; the last delay repeats. */
const reconnectDelays = [100, 300, 1_000, 2_000, 4_000, 8_000] as const;

/**
 * The events of a stream. A broken stream is resumed after the last event seen; the caller stops when it has seen the
 * end. Fails when the platform refuses, when the signal aborts, and with the last failure after too many breaks.
 */
export async function* followEvents(connection: Connection, stream: FollowedStream): AsyncGenerator<ServerEvent> {
  let lastId = stream.after ?? "";
  let failures = 0;
  for (;;) {
    stream.signal?.throwIfAborted();
    let failure: unknown;
    try {
      for await (const event of open(connection, stream, lastId)) {
        failures = 0;
        lastId = event.id;
        yield event;
      }
      failure = new SealrunError("PLATFORM_UNREACHABLE", `The stream of ${stream.of} keeps breaking`);
    } catch (error) {
      if (!isTransient(error, stream)) throw error;
      failure = error;
    }
    stream.onBreak?.();
    if (failures >= stream.maxFailures) throw failure;
    await wait(reconnectDelays[Math.min(failures, reconnectDelays.length - 1)] ?? 0, stream.signal);
    failures += 1;
  }
}

/** True for errors that a retry may solve. Reconnecting without limit also survives server errors, but never a refusal. */
function isTransient(error: unknown, { maxFailures }: FollowedStream): boolean {
  if (!(error instanceof SealrunError)) return false;
  return error.row.retry || (maxFailures === Infinity && error.row.status >= 500);
}

async function* open(connection: Connection, stream: FollowedStream, lastId: string): AsyncGenerator<ServerEvent> {
  const { signal } = stream;
  const response = await send(connection, {
    method: "GET",
    path: stream.path,
    accept: "text/event-stream",
    headers: lastId === "" ? {} : { "last-event-id": lastId },
    signal,
  });
  if (response.body === null) return;
  let last = lastId;
  const events = readServerEvents(response.body)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await readNext(events, stream);
      if (next.done === true) return;
      last = next.value.id === "" ? last : next.value.id;
      // Outside the try of readNext: an error of the consumer is not a failure of the stream.
      yield { ...next.value, id: last };
    }
  } finally {
    await events.return?.(undefined).catch(() => undefined);
  }
}

async function readNext(
  events: AsyncIterator<ServerEvent>,
  { of, signal }: FollowedStream,
): Promise<IteratorResult<ServerEvent>> {
  try {
    return await events.next();
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw new SealrunError("PLATFORM_UNREACHABLE", `The stream of ${of} broke`, { cause: error });
  }
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
