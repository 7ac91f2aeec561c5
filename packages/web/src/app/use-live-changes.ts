import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useClient } from "./platform.tsx";

/** Whether changes arrive: `lost` until the platform answers again. */
export type LiveState = "connecting" | "connected" | "lost";

/** Makes what is shown old as soon as the platform says that its topic has changed. */
export function useLiveChanges(): LiveState {
  const client = useClient();
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
        if (!stop.signal.aborted) setState("lost");
      });
    return () => stop.abort();
  }, [client, queries]);
  return state;
}
