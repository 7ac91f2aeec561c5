import { type ExecutionInfo, isFinal, type StepInfo } from "@sealrun/protocol";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { executionKey } from "../../../platform/queries.ts";
import { followLog, type FollowState } from "./follow-log.ts";
import { showStarted } from "../steps/started-steps.ts";
import { createLogStore, type KeptLine, type LogStore } from "./log-store.ts";
import { isKnown, type ToldChange } from "./told-changes.ts";

/** The log of an execution, while its page is shown. */
export interface Log {
  readonly store: LogStore;
  readonly state: FollowState;
}

/** Follows the log of an execution; a change that is not shown yet fetches the execution again. */
export function useLog(id: string): Log {
  const client = useClient();
  const queries = useQueryClient();
  const [store] = useState(createLogStore);
  const [state, setState] = useState<FollowState>({ kind: "loading" });
  useEffect(() => {
    const stop = new AbortController();
    void followLog(id, {
      client,
      store,
      onState: (next) => {
        if (!stop.signal.aborted) setState(next);
      },
      onChange: (told) => void fetchUnknown(queries, id, told),
      scheduleFlush,
      signal: stop.signal,
    });
    return () => stop.abort();
  }, [client, queries, store, id]);
  return { store, state };
}

/** Waits for an answer that is on its way: it may have the changes already. */
async function fetchUnknown(queries: QueryClient, id: string, told: readonly ToldChange[]): Promise<void> {
  const query = queries.getQueryCache().find<ExecutionInfo>({ queryKey: executionKey(id) });
  const fetching = query?.state.fetchStatus === "fetching" ? query.promise : undefined;
  await fetching?.catch(() => undefined);
  const known = query?.state.data;
  if (known !== undefined && told.every((change) => isKnown(change, known))) return;
  await queries.invalidateQueries({ queryKey: executionKey(id), exact: true });
}

/** How many lines there are, kept up to date. */
export function useLogSize(store: LogStore): number {
  return useSyncExternalStore(store.subscribe, store.size);
}

/** The line that is not stored yet, kept up to date. */
export function useEarlyLine(store: LogStore): KeptLine | undefined {
  return useSyncExternalStore(store.subscribe, store.early);
}

/** The steps of an execution, those with a line in the log as started. */
export function useStartedSteps({ steps, status, attempts }: ExecutionInfo, store: LogStore): readonly StepInfo[] {
  const claimed = attempts.length < 2 ? undefined : attempts.at(-1)?.claimedAt;
  const sinceMs = claimed == null ? -Infinity : Date.parse(claimed);
  const show = (): readonly StepInfo[] => (isFinal(status) ? steps : showStarted(steps, store.linesOf, sinceMs));
  // A text, because it is compared after each line.
  useSyncExternalStore(store.subscribe, () =>
    show()
      .map((step) => step.status)
      .join(),
  );
  return show();
}

const hiddenPageMs = 250;

/** Flushes with the next frame; a hidden page gets no frames, so it uses a timer. */
function scheduleFlush(flush: () => void): void {
  if (document.hidden) setTimeout(flush, hiddenPageMs);
  else requestAnimationFrame(() => flush());
}
