import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type SignedIn, useSignedIn } from "./platform.tsx";
import { isSignedOut } from "./queries.ts";

/** Whether changes arrive: `lost` until the platform answers again. */
export type LiveState = "connecting" | "connected" | "lost";

/** After a refusal that is none of a break, which the client mends by itself. */
const refusedRetryMs = 15_000;

/** Makes what is shown old as soon as the platform says that its topic has changed. */
export function useLiveChanges(): LiveState {
  const { client, signIns } = useSignedIn();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const stop = new AbortController();
    void follow(client, queries, { onState: setState, signal: stop.signal });
    return () => stop.abort();
    // A new session has a stream of its own.
  }, [client, queries, signIns]);
  return state;
}

async function follow(
  client: SignedIn["client"],
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
      if (isSignedOut(error)) {
        // What is shown asks for itself, is refused as well, and somebody signs in again.
        await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
        return;
      }
      onState("lost");
    }
    await new Promise((resolve) => {
      setTimeout(resolve, refusedRetryMs);
    });
  }
}
