import type { RenamedTo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { useClient } from "./platform.tsx";
import { alsoOf, topicKey } from "./queries.ts";

/** What a project, or a package of it, is called today by an earlier name; undefined for names that nothing had. */
export function useRenamed(
  earlier: { readonly project: string; readonly package?: string | undefined },
  { isWanted }: { readonly isWanted: boolean },
): RenamedTo | undefined {
  const client = useClient();
  const { data } = useQuery({
    queryKey: topicKey("projects", "renamed", earlier.project, earlier.package),
    queryFn: async () => (await client.findRenamed(earlier)) ?? null,
    meta: alsoOf("packages"),
    enabled: isWanted,
  });
  return data ?? undefined;
}
