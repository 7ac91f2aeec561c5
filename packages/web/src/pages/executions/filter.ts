import type { ExecutionFilter } from "@sealrun/client";
import { startOfSpan, type SpanName } from "../../parts/time/time-spans.ts";
import type { ExecutionsSearch } from "./search.ts";

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

/** True when any filter but the time is set. */
export function isNarrowed({ project, package: name, status, trigger, executor, id }: ExecutionsSearch): boolean {
  const isAnyStatus = status === undefined || status.length === 0;
  return !isAnyStatus || [project, name, trigger, executor, id].some((value) => value !== undefined);
}

const idStart = /^exe_[0-9a-z]{0,20}$/;

/** What is wrong with the typed start of an id, as a sentence; undefined when it can be searched. */
export function checkIdStart(typed: string): string | undefined {
  return typed === "" || idStart.test(typed) ? undefined : "An id starts with exe_, then letters and digits";
}
