import type { PackageInfo, VersionList } from "@sealrun/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { useProjectState } from "../../platform/use-project.ts";

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

/** What is archived of a package: itself or its project. The platform then refuses new versions and runs. */
export function useArchived(address: PackageAddress): "package" | "project" | undefined {
  const { data } = usePackageInfo(address);
  const isProjectArchived = useProjectState(address.project) === "archived";
  if (data?.archivedAt != null) return "package";
  return isProjectArchived ? "project" : undefined;
}

/** Every version, the newest first. */
export function useVersions({ project, package: name }: PackageAddress): UseQueryResult<VersionList["versions"]> {
  const client = useClient();
  return useQuery({
    queryKey: topicKey("packages", "versions", project, name),
    queryFn: async () => client.listVersions(project, name),
  });
}
