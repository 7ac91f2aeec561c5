import type { VersionInfo } from "@sealrun/protocol";
import { skipToken, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useClient } from "./platform.tsx";

/** One version of a package, which never changes; nothing is asked for without a number. */
export function useVersion(
  { project, package: name }: { readonly project: string; readonly package: string },
  number: number | undefined,
): UseQueryResult<VersionInfo> {
  const client = useClient();
  return useQuery({
    queryKey: ["versions", project, name, number],
    queryFn: number === undefined ? skipToken : async () => client.getVersion(project, name, number),
    staleTime: Infinity,
  });
}
