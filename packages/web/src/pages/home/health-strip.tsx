import { Tooltip } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { LinkPlain } from "../../parts/page/links.tsx";
import { statusColor } from "../../parts/page/status-badge.tsx";
import classes from "./health-strip.module.css";

const maxBars = 10;

/**
 * The last ten executions as bars, the newest at the right; each is a link to its execution. Tab reaches one bar of a
 * strip, the newest at first; left and right, Home and End move between them.
 */
export function HealthStrip(props: { readonly name: string; readonly recent: PackageOverview["recent"] }): ReactNode {
  const runs = props.recent.slice(0, maxBars).toReversed();
  const [active, setActive] = useState(runs.length - 1);
  const [pointed, setPointed] = useState<HTMLElement | null>(null);
  if (runs.length === 0) return null;
  const stop = Math.min(active, runs.length - 1);
  return (
    <>
      <ul className={classes["strip"]} aria-label={`Last runs of ${props.name}, the newest last`}>
        {Array.from({ length: maxBars - runs.length }, (_, index) => (
          <li key={index} aria-hidden>
            <span className={classes["none"]} />
          </li>
        ))}
        {runs.map(({ id, status }, index) => (
          <li key={id}>
            <LinkPlain
              to="/executions/$execution"
              params={{ execution: id }}
              className={classes["bar"]}
              data-status={status}
              data-stop={index === stop || undefined}
              tabIndex={index === stop ? 0 : -1}
              aria-label={`Run ${runs.length - index} from the end: ${status}`}
              style={{ "--bar": `var(--mantine-color-${statusColor(status)}-6)` }}
              onKeyDown={(event) => moveBetweenBars(event, setActive)}
              onFocus={({ currentTarget }) => setPointed(currentTarget)}
              onBlur={() => setPointed(null)}
              onMouseEnter={({ currentTarget }) => setPointed(currentTarget)}
              onMouseLeave={() => setPointed(null)}
            />
          </li>
        ))}
      </ul>
      {/* One for all bars: a page shows hundreds. */}
      {pointed === null ? null : <Tooltip target={pointed} opened label={pointed.dataset["status"]} />}
    </>
  );
}

function moveBetweenBars(event: KeyboardEvent<HTMLElement>, onMove: (index: number) => void): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const bars = [...(event.currentTarget.closest("ul")?.querySelectorAll<HTMLElement>("a") ?? [])];
  const at = bars.indexOf(event.currentTarget);
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: bars.length - 1,
  };
  const to = places[event.key];
  const bar = to === undefined ? undefined : bars[to];
  if (at < 0 || to === undefined || bar === undefined) return;
  event.preventDefault();
  onMove(to);
  bar.focus();
}
