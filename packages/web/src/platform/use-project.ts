import type { ExecutionInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useClient } from "./platform.tsx";
import { executionKey, topicKey } from "./queries.ts";

/**
 * The current project: the one in the address, in its path or as a filter, or that of the shown execution. Undefined on
 * pages of the whole platform, and for a project that does not exist.
 */
export function useProject(): string | undefined {
  const params = useParams({ strict: false });
  const search = useSearch({ strict: false });
  // Only what the page has read; nothing is fetched here. A queryFn, even skipToken, would replace the page's own.
  const { data } = useQuery<ExecutionInfo>({ queryKey: executionKey(params.execution ?? ""), enabled: false });
  // The address of a run's form may hold a parameter of that name, of any type; its project is in the path.
  const filtered: unknown = search["project"];
  const named = params.project ?? (typeof filtered === "string" ? filtered : data?.project);
  return useProjectState(named) === "missing" ? undefined : named;
}

/** The name of the project in the path of the address, if no project has it. */
export function useMissingProject(): string | undefined {
  const { project } = useParams({ strict: false });
  return useProjectState(project) === "missing" ? project : undefined;
}

/** What is known of a project of that name; undefined while that is not known. */
export function useProjectState(name: string | undefined): "open" | "archived" | "missing" | undefined {
  const client = useClient();
  const open = useQuery({ queryKey: topicKey("projects"), queryFn: async () => client.listProjects() });
  const find = <T extends { readonly name: string }>(list: readonly T[] | undefined): T | undefined =>
    list?.find((project) => project.name.toLowerCase() === name?.toLowerCase());
  const isOpen = find(open.data) !== undefined;
  // The list leaves archived projects out: this one is asked for only when the name is not in it.
  const all = useQuery({
    queryKey: topicKey("projects", "archived"),
    queryFn: async () => client.listProjects({ archived: true }),
    enabled: name !== undefined && open.data !== undefined && !isOpen,
  });
  if (name === undefined) return undefined;
  if (isOpen) return "open";
  const listed = find(all.data);
  if (listed !== undefined) return listed.archivedAt == null ? "open" : "archived";
  // A list that is being read again may lack a project that was made just now.
  const isKnown = open.data !== undefined && all.data !== undefined && !open.isFetching && !all.isFetching;
  return isKnown ? "missing" : undefined;
}
