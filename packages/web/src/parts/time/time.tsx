import { Tooltip } from "@mantine/core";
import { type ReactNode, useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "./show-time.ts";

/** A time as "3 minutes ago", updated while it is shown. Hover and focus show the exact time in the reader's zone. */
export function Time({ at }: { readonly at: string }): ReactNode {
  const now = useSyncExternalStore(subscribeToTicks, thisSecond);
  return (
    <Tooltip label={exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} tabIndex={-1}>
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  );
}

const everyMs = 15_000;

function subscribeToTicks(tick: () => void): () => void {
  const timer = setInterval(tick, everyMs);
  return () => clearInterval(timer);
}

/** Read at each render, not at each tick: a time after the last tick would otherwise lie in the future. */
function thisSecond(): number {
  return Math.floor(Date.now() / 1_000) * 1_000;
}
