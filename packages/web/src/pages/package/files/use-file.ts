import { skipToken, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useClient } from "../../../platform/platform.tsx";
import type { PackageAddress } from "../use-package.ts";
import { type FileText, readText } from "./file-text.ts";

/** A file of one version, which never changes. Without a number or path nothing is loaded. */
export function useFile(
  address: PackageAddress,
  number: number | undefined,
  path: string | undefined,
): UseQueryResult<FileText> {
  const client = useClient();
  return useQuery({
    queryKey: ["versions", address.project, address.package, number, "file", path],
    queryFn:
      number === undefined || path === undefined
        ? skipToken
        : async ({ signal }) => readText(await client.readVersionFile({ ...address, number }, path, signal)),
    staleTime: Infinity,
    // A large file is not worth its memory once it is no longer shown.
    gcTime: 60_000,
  });
}
