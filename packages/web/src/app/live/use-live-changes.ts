import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { Client } from "@sealrun/client";
import type { ChangeTopic } from "@sealrun/protocol";
import { useEffect, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import type { LiveState } from "./live-state.ts";
import { isSignedOut, makeOld, showsTopic } from "../../platform/queries.ts";
import { type ChangeHearer, shareChanges, type Windows } from "./share-changes.ts";

const windows: Windows = {
  // Not there when the page came over plain http from another machine.
  locks: "locks" in navigator ? navigator.locks : undefined,
  openChannel: (name) => new BroadcastChannel(name),
};

/** After a refusal; breaks are mended by the client itself. A session that has ended may be followed by a new one. */
const refusedRetryMs = 5_000;

/** Makes what is shown old as soon as the platform says that its topic has changed. */
export function useLiveChanges(): LiveState {
  const client = useClient();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const onChange = (topics: readonly ChangeTopic[]): void =>
      void makeOld(queries, (query) => showsTopic(query, topics));
    void shareChanges(windows, { onChange, onState: setState, signal }, async (hearer) =>
      follow(client, queries, { ...hearer, signal }),
    );
    return () => stop.abort();
  }, [client, queries]);
  return state;
}

async function follow(
  client: Client,
  queries: QueryClient,
  { onChange, onState, signal }: ChangeHearer & { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.watchChanges({ signal, onChange, onState });
    } catch (error) {
      if (signal.aborted) return;
      // What is shown asks for itself, is refused as well, and somebody signs in again.
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
  // One that was refused already says so.
  return queryKey[0] !== "session" && state.error === null;
}
