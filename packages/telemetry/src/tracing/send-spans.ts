import { setTimeout as sleep } from "node:timers/promises";
import type { Span } from "./span.ts";
import { writeTraces } from "./otlp.ts";
import { tracesUrl } from "./settings.ts";

/** What is kept while a collector is away: some 600 KB. */
const maxQueued = 2_048;
/** Spans of one request. */
const maxBatch = 512;
/** Spans of this time travel together. */
const gatherMs = 1_000;
/** After a failure. */
const retryMs = 5_000;
const answerMs = 5_000;
/** How often a log says that spans were not taken. */
const quietMs = 60_000;
/** How long an end of the process waits for the last spans. */
const closeMs = 2_000;

/** The log of failures. */
export interface SpanLog {
  warn(fields: object, message: string): void;
}

/** Sends spans to a collector. */
export interface SpanSender {
  /** Takes a span, and never waits. The oldest are dropped while the collector takes none. */
  readonly add: (span: Span) => void;
  /** Sends what is left, for at most 2 s. */
  readonly close: () => Promise<void>;
}

/** Sends spans in the background, some together; while there are none it does nothing. */
export function sendSpans({
  endpoint,
  service,
  log,
}: {
  readonly endpoint: string;
  readonly service: string;
  readonly log: SpanLog;
}): SpanSender {
  const url = tracesUrl(endpoint);
  const queue: Span[] = [];
  const closing = new AbortController();
  let dropped = 0;
  let saidAt = -Infinity;
  let sending: Promise<void> | undefined;

  const post = async (spans: readonly Span[]): Promise<string | undefined> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: writeTraces(service, spans),
        signal: AbortSignal.timeout(answerMs),
        redirect: "error",
      });
      await response.body?.cancel();
      return response.ok ? undefined : `HTTP status ${response.status}`;
    } catch (error) {
      return error instanceof Error && error.name === "TimeoutError" ? "no answer in time" : "no connection";
    }
  };
  const say = (reason: string): void => {
    if (performance.now() - saidAt < quietMs) return;
    saidAt = performance.now();
    log.warn(
      { endpoint, reason, waiting: queue.length, dropped },
      "Spans could not be sent to the collector; trying again, and dropping the oldest when too many wait. Runs are not affected",
    );
    dropped = 0;
  };
  const send = async (): Promise<void> => {
    let pauseMs = gatherMs;
    while (queue.length > 0) {
      await sleep(pauseMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      const batch = queue.slice(0, maxBatch);
      const reason = await post(batch);
      // What it refuses for what it is would be refused again, and nothing behind it would be sent.
      const isRefused = reason !== undefined && /^HTTP status 4(?!08|29)/.test(reason);
      if (isRefused) dropped += batch.length;
      if (reason === undefined || isRefused) {
        const sent = new Set(batch);
        queue.splice(0, queue.length, ...queue.filter((span) => !sent.has(span)));
      }
      if (reason !== undefined) say(reason);
      if (closing.signal.aborted && reason !== undefined) return;
      pauseMs = reason === undefined ? 0 : retryMs;
    }
  };
  const start = (): void => {
    sending ??= send().finally(() => {
      sending = undefined;
      if (queue.length > 0 && !closing.signal.aborted) start();
    });
  };
  return {
    add: (span) => {
      if (queue.length >= maxQueued) {
        queue.shift();
        dropped += 1;
      }
      queue.push(span);
      start();
    },
    close: async () => {
      closing.abort();
      await Promise.race([sending, sleep(closeMs, undefined, { ref: false })]);
    },
  };
}
