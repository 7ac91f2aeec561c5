import { lastWritten } from "@sealrun/protocol";
import { type ReactNode, useState } from "react";
import { LineText } from "../../../parts/log/line-text.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { showHidden } from "../../../parts/text/visible-text.ts";
import type { KeptLine } from "./log-store.ts";
import type { Sources } from "./source-link.tsx";
import classes from "./log.module.css";
import { showCount } from "../../../parts/text/show-count.ts";

/** A longer line is cut until a click shows all of it: laying out 64 KiB of text takes longer than a frame. */
const shownCharacters = 2_000;

/**
 * One line: its number, which copies a link to it, its time, its step and its text. Without `onLink` it is not stored
 * yet, and says so instead of its number.
 */
export function LogRow(props: {
  readonly line: KeptLine;
  readonly find: RegExp | undefined;
  readonly hasTime: boolean;
  readonly hasStep: boolean;
  readonly sources: Sources;
  readonly onLink: ((number: number) => void) | undefined;
}): ReactNode {
  const { line, find, sources, onLink } = props;
  const [isWhole, setIsWhole] = useState(false);
  const text = lastWritten(line.text);
  const isCut = !isWhole && text.length > shownCharacters;
  return (
    <>
      {onLink === undefined ? (
        <span className={classes["number"]} />
      ) : (
        <button
          type="button"
          className={classes["number"]}
          tabIndex={-1}
          aria-label={`Copy a link to line ${line.number}`}
          onClick={() => onLink(line.number)}
        >
          {line.number}
        </button>
      )}
      {props.hasTime ? <span className={classes["time"]}>{clockTime(line.timeMs)}</span> : null}
      {props.hasStep ? (
        <span className={classes["step"]} title={line.step === null ? undefined : showHidden(line.step)}>
          {line.step === null ? null : <ShownText text={line.step} />}
        </span>
      ) : null}
      {onLink === undefined ? <span className={classes["origin"]}>not stored yet</span> : null}
      {origin(line) === undefined ? null : <span className={classes["origin"]}>{origin(line)}</span>}
      <span className={classes["text"]}>
        <LineText text={isCut ? text.slice(0, shownCharacters) : text} {...{ find, sources }} />
        {isCut ? (
          <button type="button" className={classes["more"]} onClick={() => setIsWhole(true)}>
            Show all {showCount(text.length)} characters
          </button>
        ) : null}
      </span>
    </>
  );
}

/** The kind of background that a line gets. */
export function toneOf({ level, stream }: KeptLine): "error" | "warning" | undefined {
  if (level === "error" || level === "critical") return "error";
  return level === "warning" || stream === "stderr" ? "warning" : undefined;
}

/** The level of a logged line, or the stream of a line that is not standard output. */
function origin({ level, stream }: KeptLine): string | undefined {
  if (level !== null) return level;
  return stream === "stdout" || stream === "sdk" ? undefined : stream === "system" ? "sealrun" : stream;
}

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

function clockTime(timeMs: number): string {
  return clock.format(timeMs);
}
