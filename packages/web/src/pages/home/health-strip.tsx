import { Tooltip } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { LinkPlain } from "../../parts/page/links.tsx";
import { statusColor } from "../../parts/page/status-badge.tsx";
import classes from "./health-strip.module.css";

const maxBars = 10;

/** The last ten executions as bars, the newest at the right; each is a link to its execution. */
export function HealthStrip(props: { readonly name: string; readonly recent: PackageOverview["recent"] }): ReactNode {
  const recent = props.recent.slice(0, maxBars);
  if (recent.length === 0) return null;
  return (
    <ul className={classes["strip"]} aria-label={`Last runs of ${props.name}, the newest last`}>
      {Array.from({ length: maxBars - recent.length }, (_, index) => (
        <li key={index} aria-hidden>
          <span className={classes["none"]} />
        </li>
      ))}
      {recent.toReversed().map(({ id, status }, index) => (
        <li key={id}>
          <Tooltip label={status} events={{ hover: true, focus: true, touch: false }}>
            <LinkPlain
              to="/executions/$execution"
              params={{ execution: id }}
              className={classes["bar"]}
              data-status={status}
              aria-label={`Run ${recent.length - index} from the end: ${status}`}
              style={{ "--bar": `var(--mantine-color-${statusColor(status)}-6)` }}
            />
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}
