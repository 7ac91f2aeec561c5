import { Tooltip } from "@mantine/core";
import { type ReactNode, useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "./show-time.ts";

/** A time as "3 minutes ago", kept true while it is shown; the exact one, in the reader's zone, on hover and focus. */
export function Time({ at }: { readonly at: string }): ReactNode {
  const now = useSyncExternalStore(everySome, thisSecond);
  return (
    <Tooltip label={exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} tabIndex={-1}>
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  );
}

const everyMs = 15_000;

function everySome(tick: () => void): () => void {
  const timer = setInterval(tick, everyMs);
  return () => clearInterval(timer);
}

/** Read anew whenever the time is shown: as of the last tick, one that came after it would lie ahead. */
function thisSecond(): number {
  return Math.floor(Date.now() / 1_000) * 1_000;
}
