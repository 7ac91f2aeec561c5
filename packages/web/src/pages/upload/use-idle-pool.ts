import { findIdlePool, type PackageProblem } from "@sealrun/client";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import type { Review } from "./review.ts";

/** A warning when the pool that would run the package has no executor, null when it has one. */
export function useIdlePool({ checked: { manifest } }: Review, project: string): UseQueryResult<PackageProblem | null> {
  const client = useClient();
  return useQuery({
    queryKey: topicKey("executors", "idle-pool", manifest?.pool ?? null, project),
    queryFn: async () => (await findIdlePool(client, manifest, project)) ?? null,
  });
}
