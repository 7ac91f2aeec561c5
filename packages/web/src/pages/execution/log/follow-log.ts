import type { Client } from "@sealrun/client";
import { type LiveEvent, type LogLine, SealrunError } from "@sealrun/protocol";
import type { LogStore } from "./log-store.ts";

/** How far following is: reading what there is, hearing of what comes, cut off for now, at the end, or refused. */
export type FollowState =
  | { readonly kind: "loading" | "live" | "lost" | "ended" }
  | { readonly kind: "refused"; readonly error: unknown };

/** What following needs, and whom it tells. */
export interface Following {
  readonly client: Pick<Client, "listLogs" | "watchExecution">;
  readonly store: LogStore;
  readonly onState: (state: FollowState) => void;
  /** Steps and statuses; they may come again after a connection was lost. */
  readonly onChange: () => void;
  /** Calls back once soon: what came until then is appended together. */
  readonly soon: (flush: () => void) => void;
  readonly signal: AbortSignal;
}

const pageLines = 5_000;
const longestWaitMs = 5_000;

/**
 * Fills a store with the lines of an execution until it ends: what there is in large pages, then live after the last
 * line. A lost connection is taken up where it broke for as long as it takes: no line is missed and none comes twice.
 */
export async function followLog(id: string, following: Following): Promise<void> {
  const { signal, onState } = following;
  let failures = 0;
  while (!signal.aborted) {
    try {
      onState({ kind: failures === 0 ? "loading" : "lost" });
      await readPages(id, following);
      failures = 0;
      onState({ kind: "live" });
      await watch(id, following);
      onState({ kind: "ended" });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!mayPass(error)) {
        onState({ kind: "refused", error });
        return;
      }
      failures += 1;
      onState({ kind: "lost" });
      await pause(Math.min(250 * 2 ** failures, longestWaitMs), signal);
    }
  }
}

async function readPages(id: string, { client, store, signal }: Following): Promise<void> {
  for (;;) {
    const page = await client.listLogs(id, store.lastCursor(), pageLines);
    if (signal.aborted) return;
    store.append(page.lines);
    if (page.next === null) return;
  }
}

async function watch(id: string, following: Following): Promise<void> {
  const { client, store, signal, onChange } = following;
  let pending: LogLine[] = [];
  const flush = (): void => {
    const lines = pending;
    pending = [];
    if (!signal.aborted) store.append(lines);
  };
  const onEvent = (event: LiveEvent): void => {
    if (event.kind !== "log") {
      flush();
      onChange();
      return;
    }
    pending.push(event.line);
    if (pending.length === 1) following.soon(flush);
  };
  try {
    // What breaks is told at once, and taken up by reading what was missed.
    await client.watchExecution(id, { onEvent, signal, after: store.lastCursor(), maxFailures: 0 });
  } finally {
    flush();
  }
}

/** A session that is over is opened again in front of the page, which goes on then. */
function mayPass(error: unknown): boolean {
  return error instanceof SealrunError && (error.row.retry || error.code === "UNAUTHENTICATED");
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
