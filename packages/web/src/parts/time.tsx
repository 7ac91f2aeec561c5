import { Tooltip } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { exactTime, relativeTime } from "./show-time.ts";

/** A time as "3 minutes ago", kept true while it is shown; the exact one, in the reader's zone, on hover and focus. */
export function Time({ at }: { readonly at: string }): ReactNode {
  const now = useNow();
  return (
    <Tooltip label={exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} tabIndex={-1}>
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  );
}

const everyMs = 15_000;

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}
