import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { LogRow, toneOf } from "./log-row.tsx";
import type { KeptLine, LogStore } from "./log-store.ts";
import type { Sources } from "./source-link.tsx";
import classes from "./log.module.css";

const rowHeight = 20;
/** A scroll position this close to the end counts as the end. */
const endPixels = 30;

/** The lines of a list, and how they are shown. */
export interface LogListProps {
  readonly store: LogStore;
  /** Indices into the store. */
  readonly rows: readonly number[];
  /** A line that is not stored yet, shown after them. */
  readonly early: KeptLine | undefined;
  readonly find: RegExp | undefined;
  readonly sources: Sources;
  readonly isWrapped: boolean;
  readonly hasTime: boolean;
  /** The names of the steps whose lines are shown; a column for them, when there are several, is as wide as the longest. */
  readonly steps: readonly string[];
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  /** The row to bring into view: a match or a linked line. `at` differs for each request. */
  readonly target: { readonly row: number; readonly at: number } | undefined;
  readonly onLink: (number: number) => void;
}

/** Lines of output; only the lines in view are in the page. Keys: arrows, page up and down, home and end. */
export function LogList(props: LogListProps): ReactNode {
  const { store, rows, early, isWrapped, isFollowing, target, onFollow } = props;
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number>();
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  });
  const isAtEnd = useFollowing(list, box, { rows, isFollowing, onFollow });
  useEffect(() => list.measure(), [isWrapped, list]);
  useEffect(() => {
    if (target === undefined) return;
    onFollow(false);
    list.scrollToIndex(target.row, { align: "center" });
    // The same row scrolls into view again when it is requested again.
  }, [target, list, onFollow]);
  useRowKeys(list, { box, active, setActive, count: rows.length });
  const height = list.getTotalSize();
  const wholeHeight = early === undefined ? height : height + rowHeight;
  return (
    <div className={classes["box"]} style={sizes(store.size(), wholeHeight, props.steps)}>
      <div
        ref={box}
        className={isWrapped ? `${classes["scroll"]} ${classes["wrapped"]}` : classes["scroll"]}
        data-testid="log"
        role="log"
        aria-label="Log"
        aria-live="off"
        tabIndex={0}
      >
        <div className={classes["lines"]} style={{ height: wholeHeight }}>
          {list.getVirtualItems().map(({ index, start }) => (
            <Row key={index} index={index} start={start} list={list} {...props} />
          ))}
          {early === undefined ? null : <EarlyRow start={height} line={early} {...props} />}
        </div>
      </div>
      {isAtEnd || isFollowing ? null : (
        <Button
          className={classes["jump"]}
          size="compact-sm"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => {
            list.scrollToIndex(rows.length - 1, { align: "end" });
            onFollow(true);
          }}
        >
          To the end
        </Button>
      )}
    </div>
  );
}

function Row(
  props: LogListProps & {
    readonly index: number;
    readonly start: number;
    readonly list: Virtualizer<HTMLDivElement, Element>;
  },
): ReactNode {
  const { index, start, list, isWrapped, store, rows, target } = props;
  const line = store.at(rows[index] ?? -1);
  if (line === undefined) return null;
  return (
    <div
      ref={isWrapped ? list.measureElement : undefined}
      data-index={index}
      data-line={line.number}
      data-tone={toneOf(line)}
      data-marked={target?.row === index ? "" : undefined}
      className={classes["row"]}
      style={{ transform: `translateY(${start}px)` }}
      tabIndex={-1}
    >
      <LogRow {...props} hasStep={props.steps.length > 1} line={line} />
    </div>
  );
}

function EarlyRow(props: LogListProps & { readonly line: KeptLine; readonly start: number }): ReactNode {
  const { line, start } = props;
  return (
    <div
      data-early=""
      data-tone={toneOf(line)}
      className={classes["row"]}
      style={{ transform: `translateY(${start}px)` }}
    >
      <LogRow {...props} hasStep={props.steps.length > 1} onLink={undefined} />
    </div>
  );
}

/** Keeps the end in view while following; scrolling away ends it. */
function useFollowing(
  list: Virtualizer<HTMLDivElement, Element>,
  box: { readonly current: HTMLDivElement | null },
  { rows, isFollowing, onFollow }: Pick<LogListProps, "rows" | "isFollowing" | "onFollow">,
): boolean {
  const count = rows.length;
  const [isAtEnd, setIsAtEnd] = useState(true);
  useLayoutEffect(() => {
    if (isFollowing && count > 0) list.scrollToIndex(count - 1, { align: "end" });
  }, [list, count, isFollowing]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let top = element.scrollTop;
    const onScroll = (): void => {
      const isEnd = element.scrollHeight - element.scrollTop - element.clientHeight < endPixels;
      setIsAtEnd(isEnd);
      if (element.scrollTop < top && !isEnd) onFollow(false);
      top = element.scrollTop;
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [box, onFollow]);
  return isAtEnd;
}

const scrollKeys: ReadonlySet<string> = new Set(["PageUp", "PageDown", "Home", "End"]);

/** Arrows move from line to line; page up and down, home and end are the browser's own. */
function useRowKeys(
  list: Virtualizer<HTMLDivElement, Element>,
  rows: {
    readonly box: { readonly current: HTMLDivElement | null };
    readonly active: number | undefined;
    readonly setActive: (row: number | undefined) => void;
    readonly count: number;
  },
): void {
  const { box, active, setActive, count } = rows;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      // The line in focus may scroll out of the page; the browser scrolls the box either way.
      if (scrollKeys.has(event.key)) element.focus({ preventScroll: true });
      const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (by === 0 || count === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const from = active ?? (list.range?.startIndex ?? 0) - by;
      const next = Math.min(Math.max(from + by, 0), count - 1);
      setActive(next);
      list.scrollToIndex(next, { align: "auto" });
      requestAnimationFrame(() =>
        element.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
      );
    };
    element.addEventListener("keydown", onKeyDown);
    return () => element.removeEventListener("keydown", onKeyDown);
  }, [list, box, active, setActive, count]);
}

interface Sizes extends CSSProperties {
  readonly "--log-digits": number;
  readonly "--log-height": number;
  readonly "--log-step": number;
}

/** Characters of the column with the step's name; a longer name is cut. */
const maxStep = 16;

function sizes(lines: number, height: number, steps: readonly string[]): Sizes {
  return {
    "--log-digits": Math.max(String(lines).length, 3),
    "--log-height": height,
    "--log-step": Math.min(Math.max(...steps.map((name) => name.length), 0), maxStep),
  };
}
