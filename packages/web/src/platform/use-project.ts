import type { ExecutionInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { executionKey } from "./queries.ts";

/**
 * The current project: the one in the address, in its path or as a filter, or that of the shown execution. Undefined on
 * pages of the whole platform.
 */
export function useProject(): string | undefined {
  const params = useParams({ strict: false });
  const search = useSearch({ strict: false });
  // Only what the page has read; nothing is fetched here. A queryFn, even skipToken, would replace the page's own.
  const { data } = useQuery<ExecutionInfo>({ queryKey: executionKey(params.execution ?? ""), enabled: false });
  // The address of a run's form may hold a parameter of that name, of any type; its project is in the path.
  const filtered: unknown = search["project"];
  return params.project ?? (typeof filtered === "string" ? filtered : data?.project);
}
