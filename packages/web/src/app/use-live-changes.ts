import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { Client } from "@sealrun/client";
import { useEffect, useState } from "react";
import { useClient } from "./platform.tsx";
import { isSignedOut } from "./queries.ts";

/** Whether changes arrive: `lost` until the platform answers again. */
export type LiveState = "connecting" | "connected" | "lost";

/** After a refusal; breaks are mended by the client itself. A session that has ended may be followed by a new one. */
const refusedRetryMs = 5_000;

/** Makes what is shown old as soon as the platform says that its topic has changed. */
export function useLiveChanges(): LiveState {
  const client = useClient();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const stop = new AbortController();
    void follow(client, queries, { onState: setState, signal: stop.signal });
    return () => stop.abort();
  }, [client, queries]);
  return state;
}

async function follow(
  client: Client,
  queries: QueryClient,
  { onState, signal }: { readonly onState: (state: LiveState) => void; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.watchChanges({
        signal,
        onChange: (topics) => {
          for (const topic of topics) void queries.invalidateQueries({ queryKey: [topic] });
        },
        onState,
      });
    } catch (error) {
      if (signal.aborted) return;
      // What is shown asks for itself, is refused as well, and somebody signs in again.
      if (isSignedOut(error)) void queries.invalidateQueries({ predicate: isPageQuery, refetchType: "active" });
      else onState("lost");
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
