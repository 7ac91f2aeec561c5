import type { Client } from "@sealrun/client";
import { type LiveEvent, type LogLine, SealrunError } from "@sealrun/protocol";
import type { LogStore } from "./log-store.ts";
import { lastWords, type ToldChange } from "./told-changes.ts";

/** The state of following: reading stored lines, live, disconnected, at the end, or refused. */
export type FollowState =
  | { readonly kind: "loading" | "live" | "lost" | "ended" }
  | { readonly kind: "refused"; readonly error: unknown };

/** What `followLog` needs, and its callbacks. */
export interface FollowDeps {
  readonly client: Pick<Client, "listLogs" | "watchExecution">;
  readonly store: LogStore;
  readonly onState: (state: FollowState) => void;
  /** Called with what steps and the status have become; the same may be told again after a lost connection. */
  readonly onChange: (told: readonly ToldChange[]) => void;
  /** Calls `flush` once, soon: the lines and changes that arrived until then are handed over together. */
  readonly scheduleFlush: (flush: () => void) => void;
  readonly signal: AbortSignal;
}

const pageLines = 5_000;
const maxWaitMs = 5_000;

/**
 * Fills a store with the lines of an execution until it ends: stored lines in large pages, then live after the last
 * line. It reconnects after a lost connection, without a limit, and continues after the last line: no line is missed or
 * repeated. A line that is not stored yet is shown only while the connection is open.
 */
export async function followLog(id: string, deps: FollowDeps): Promise<void> {
  const { signal, onState } = deps;
  let failures = 0;
  while (!signal.aborted) {
    try {
      onState({ kind: failures === 0 ? "loading" : "lost" });
      await readPages(id, deps);
      failures = 0;
      onState({ kind: "live" });
      await watch(id, deps);
      onState({ kind: "ended" });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isTemporary(error)) {
        onState({ kind: "refused", error });
        return;
      }
      failures += 1;
      onState({ kind: "lost" });
      await pause(Math.min(250 * 2 ** failures, maxWaitMs), signal);
    }
  }
}

async function readPages(id: string, { client, store, signal }: FollowDeps): Promise<void> {
  for (;;) {
    const page = await client.listLogs(id, store.lastCursor(), pageLines);
    if (signal.aborted) return;
    store.append(page.lines);
    if (page.next === null) return;
  }
}

async function watch(id: string, deps: FollowDeps): Promise<void> {
  const { client, store, signal, onChange } = deps;
  let pending: LogLine[] = [];
  let told: ToldChange[] = [];
  const flush = (): void => {
    const [lines, changes] = [pending, told];
    [pending, told] = [[], []];
    if (signal.aborted) return;
    store.append(lines);
    if (changes.length > 0) onChange(lastWords(changes));
  };
  const onEvent = (event: LiveEvent): void => {
    if (event.kind === "early") {
      flush();
      store.setEarly(event.line);
      return;
    }
    if (event.kind === "log") pending.push(event.line);
    else told.push(event);
    if (pending.length + told.length === 1) deps.scheduleFlush(flush);
  };
  try {
    // A lost connection is reported at once; followLog() then reads the missed lines.
    await client.watchExecution(id, { onEvent, signal, after: store.lastCursor(), maxFailures: 0 });
  } finally {
    flush();
    store.setEarly(undefined);
  }
}

/** UNAUTHENTICATED passes as well: the user signs in again in front of the page, which then continues. */
function isTemporary(error: unknown): boolean {
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
