import type { ExecutionFilter } from "@sealrun/client";
import { filterCount } from "../../parts/narrow/filter-count.ts";
import { findSpan, startOfSpan, type SpanName } from "../../parts/time/time-spans.ts";
import type { ExecutionsSearch } from "./search.ts";
import { showRange } from "./time-range.ts";

/** The span of an address without a time. */
export const defaultSpan: SpanName = "7d";

/** The filter to ask the platform with. A span counts back from `nowMs`; a search for an id covers all time. */
export function toFilter(search: ExecutionsSearch, nowMs: number): ExecutionFilter {
  const { project, package: name, trigger, executor, id } = search;
  const status = search.status === undefined || search.status.length === 0 ? undefined : search.status.join(",");
  return { project, package: name, trigger, executor, id, status, ...timeOf(search, nowMs) };
}

/** The same for statistics: of every status, and of the last 90 days if no start is given. */
export function toStatisticsFilter(search: ExecutionsSearch, nowMs: number): ExecutionFilter {
  const filter = toFilter({ ...search, status: undefined }, nowMs);
  const endMs = filter.until === undefined ? nowMs : Date.parse(filter.until);
  return { ...filter, since: filter.since ?? startOfSpan("90d", endMs) };
}

function timeOf({ since, until, span, id }: ExecutionsSearch, nowMs: number): Pick<ExecutionFilter, "since" | "until"> {
  if (since !== undefined || until !== undefined) return { since, until };
  if (id !== undefined) return {};
  return { since: startOfSpan(span ?? defaultSpan, nowMs) };
}

/** How many filters are set, without the time. */
export function countFilters({ project, package: name, status, trigger, executor, id }: ExecutionsSearch): number {
  const hasStatus = status !== undefined && status.length > 0;
  const set = [project, name, trigger, executor, id].filter((value) => value !== undefined && value !== "");
  return set.length + (hasStatus ? 1 : 0);
}

/** The time and the number of filters, for the button that hides them: "7 days, 2 filters". */
export function filterWords(search: ExecutionsSearch): string {
  const { since, until, span, id } = search;
  const isSpan = since === undefined && until === undefined && id === undefined;
  const time = isSpan ? findSpan(span ?? defaultSpan).short : showRange(since, until);
  const count = countFilters(search);
  return count === 0 ? time : `${time}, ${filterCount(count)}`;
}

const idStart = /^exe_[0-9a-z]{0,20}$/;

/** What is wrong with the typed start of an id, as a sentence; undefined when it can be searched. */
export function checkIdStart(typed: string): string | undefined {
  return typed === "" || idStart.test(typed) ? undefined : "An id starts with exe_, then letters and digits";
}
