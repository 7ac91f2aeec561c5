import { Tooltip } from "@mantine/core";
import { type ReactNode, useSyncExternalStore } from "react";
import { useExactTimes } from "./exact-times.ts";
import { exactTime, showTime } from "./show-time.ts";

/**
 * A time as "3 minutes ago", updated while it is shown; its day beyond a day. A pointer over it shows the exact time in
 * the reader's zone, and the menu of the account shows that everywhere.
 */
export function Time({ at }: { readonly at: string }): ReactNode {
  const now = useSyncExternalStore(subscribeToTicks, thisSecond);
  const isExact = useExactTimes();
  return (
    <Tooltip label={exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} tabIndex={-1}>
        {isExact ? exactTime(at) : showTime(at, now)}
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
