import type { ExecutionInfo } from "@sealrun/protocol";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { executionKey } from "./queries.ts";

/**
 * The project that one is in: the address names it, in its path or as a filter, or it is the shown execution's.
 * Undefined on pages of the whole platform.
 */
export function useProject(): string | undefined {
  const params = useParams({ strict: false });
  const search = useSearch({ strict: false });
  // What the page has read; nothing is asked for here.
  const { data } = useQuery<ExecutionInfo>({ queryKey: executionKey(params.execution ?? ""), queryFn: skipToken });
  return params.project ?? search.project ?? data?.project;
}
