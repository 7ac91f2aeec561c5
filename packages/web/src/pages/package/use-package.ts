import type { PackageInfo, VersionList } from "@sealrun/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";

/** A package by its project and name. */
export interface PackageAddress {
  readonly project: string;
  readonly package: string;
}

/** The package that the address names. */
export function usePackageAddress(): PackageAddress {
  return useParams({ from: "/projects/$project/packages/$package" });
}

/** The package with its newest version. */
export function usePackageInfo({ project, package: name }: PackageAddress): UseQueryResult<PackageInfo> {
  const client = useClient();
  return useQuery({
    queryKey: topicKey("packages", "one", project, name),
    queryFn: async () => client.getPackage(project, name),
  });
}

/** Every version, the newest first. */
export function useVersions({ project, package: name }: PackageAddress): UseQueryResult<VersionList["versions"]> {
  const client = useClient();
  return useQuery({
    queryKey: topicKey("packages", "versions", project, name),
    queryFn: async () => client.listVersions(project, name),
  });
}
