import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useSignedIn } from "./platform.tsx";

/** Whether changes arrive: `lost` until the platform answers again. */
export type LiveState = "connecting" | "connected" | "lost";

/** Makes what is shown old as soon as the platform says that its topic has changed. */
export function useLiveChanges(): LiveState {
  const { client, signedInAt } = useSignedIn();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const stop = new AbortController();
    client
      .watchChanges({
        signal: stop.signal,
        onChange: (topics) => {
          for (const topic of topics) void queries.invalidateQueries({ queryKey: [topic] });
        },
        onState: setState,
      })
      .catch(() => {
        // Refused: what is shown asks for itself, is refused as well, and somebody signs in again.
        if (!stop.signal.aborted) void queries.invalidateQueries();
      });
    return () => stop.abort();
  }, [client, queries, signedInAt]);
  return state;
}
