import { useQueryClient } from "@tanstack/react-query";
import { defaultRangeExtractor, type Range, useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type RefCallback, useEffect, useLayoutEffect, useState } from "react";
import { listParts, type ListPart } from "./list-parts.ts";

/** Shorter lists are drawn whole: drawing them costs nothing, and the browser can search them. */
const minRows = 60;
const overscan = 12;

/** Where a row is in its list. */
export interface RowPlace {
  readonly index: number;
  readonly count: number;
}

/** What a long list draws: the rows near the window, and blank space of the height of the others. */
interface WindowRows {
  readonly parts: readonly ListPart[];
  /** Goes on the element that holds the rows. */
  readonly holder: RefCallback<HTMLElement>;
  /** Goes on each row, which also has `data-index`. */
  readonly measure: RefCallback<HTMLElement>;
}

/**
 * Draws only the rows of a list that are near the window, which scrolls as a whole. `name` is the list's, under which
 * heights are kept while the page is open, so that "back" finds the place where the reader was.
 */
export function useWindowRows(list: {
  readonly name: string;
  readonly count: number;
  readonly estimatePx: number;
  readonly keyOf: (index: number) => string;
}): WindowRows {
  const { name, count, estimatePx, keyOf } = list;
  const isShort = count < minRows;
  const queries = useQueryClient();
  const [holder, setHolder] = useState<HTMLElement | null>(null);
  const [margin, setMargin] = useState(0);
  const [focused, setFocused] = useState<number>();
  const [kept] = useState(() => queries.getQueryData<VirtualItem[]>(heightsKey(name)) ?? []);
  const rows = useWindowVirtualizer<HTMLElement>({
    count,
    estimateSize: () => estimatePx,
    getItemKey: keyOf,
    overscan,
    scrollMargin: margin,
    initialMeasurementsCache: kept,
    enabled: !isShort,
    rangeExtractor: (range) => withFocused(range, focused),
  });
  useLayoutEffect(() => {
    if (holder === null || isShort) return undefined;
    const findTop = (): void => setMargin(Math.round(holder.getBoundingClientRect().top + globalThis.scrollY));
    findTop();
    // What is above the list may come later, or go.
    const resizes = new ResizeObserver(findTop);
    resizes.observe(document.body);
    return () => resizes.disconnect();
  }, [holder, isShort]);
  useEffect(
    () => () => {
      queries.setQueryData(heightsKey(name), rows.measurementsCache);
    },
    [queries, name, rows],
  );
  // The row with the focus stays drawn.
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent): void => {
      const row = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
      setFocused(row === null ? undefined : Number(row.dataset["index"]));
    };
    holder?.addEventListener("focusin", onFocus);
    return () => holder?.removeEventListener("focusin", onFocus);
  }, [holder]);
  const items = rows
    .getVirtualItems()
    .map(({ index, start, end }) => ({ index, start: start - margin, end: end - margin }));
  return {
    parts: isShort ? allRows(count) : listParts(items, rows.getTotalSize()),
    holder: setHolder,
    measure: rows.measureElement,
  };
}

function heightsKey(name: string): readonly string[] {
  return ["heights", name];
}

function allRows(count: number): readonly ListPart[] {
  return Array.from({ length: count }, (_, index) => ({ kind: "row", index }));
}

function withFocused(range: Range, focused: number | undefined): number[] {
  const indexes = defaultRangeExtractor(range);
  if (focused === undefined || focused >= range.count || indexes.includes(focused)) return indexes;
  return [...indexes, focused].toSorted((one, other) => one - other);
}
