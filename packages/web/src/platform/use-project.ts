import type { ExecutionInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { executionKey } from "./queries.ts";

/**
 * The project that one is in: the address names it, in its path or as a filter, or it is the shown execution's.
 * Undefined on pages of the whole platform.
 */
export function useProject(): string | undefined {
  const params = useParams({ strict: false });
  const search = useSearch({ strict: false });
  // What the page has read; nothing is asked for here. A queryFn, skipToken too, would take the place of the page's own.
  const { data } = useQuery<ExecutionInfo>({ queryKey: executionKey(params.execution ?? ""), enabled: false });
  return params.project ?? search.project ?? data?.project;
}
