import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { Client, QuietMs } from "@sealrun/client";
import type { ChangeTopic } from "@sealrun/protocol";
import { useEffect, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import type { LiveState } from "./live-state.ts";
import { invalidateMatching, isAskedBefore, isSignedOut, showsTopic } from "../../platform/queries.ts";
import { type ChangeListener, shareChanges, type Windows } from "./share-changes.ts";

const windows: Windows = {
  // Absent when the page came over plain http from another machine.
  locks: "locks" in navigator ? navigator.locks : undefined,
  openChannel: (name) => new BroadcastChannel(name),
};

/** The wait after a refusal; the user may sign in again. The client itself reconnects after a lost connection. */
const refusedRetryMs = 5_000;

/** Fetches shown data again as soon as the platform says that its topic has changed. */
export function useLiveChanges(): LiveState {
  const client = useClient();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const onChange = (topics: readonly ChangeTopic[], quietMs: QuietMs): void => {
      const now = Date.now();
      // What was asked for after the last change is current: the first event names every topic.
      void invalidateMatching(queries, (query) =>
        topics.some((topic) => showsTopic(query, [topic]) && isAskedBefore(query, now - (quietMs[topic] ?? 0))),
      );
    };
    void shareChanges(windows, { onChange, onState: setState, signal }, async (listener) =>
      follow(client, queries, { ...listener, signal }),
    );
    return () => stop.abort();
  }, [client, queries]);
  return state;
}

async function follow(
  client: Client,
  queries: QueryClient,
  { onChange, onState, signal }: ChangeListener & { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.watchChanges({ signal, onChange, onState });
    } catch (error) {
      if (signal.aborted) return;
      // The shown queries are refused as well, which opens the sign-in in front of the page.
      if (isSignedOut(error)) {
        onState("connecting");
        void queries.invalidateQueries({ predicate: isPageQuery, refetchType: "active" });
      } else onState("lost");
    }
    await new Promise((resolve) => {
      setTimeout(resolve, refusedRetryMs);
    });
  }
}

function isPageQuery({ queryKey, state }: Query): boolean {
  // A query that was refused already shows its error.
  return queryKey[0] !== "session" && state.error === null;
}
