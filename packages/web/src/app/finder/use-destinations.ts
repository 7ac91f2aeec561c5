import { useQueries, useQuery } from "@tanstack/react-query";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { useProject } from "../../platform/use-project.ts";
import { helpPage, platformPages } from "../shell/platform-pages.ts";
import { addressOf, type Destination } from "./destination.ts";

/** Of more projects only the current one's packages are listed. */
const maxProjects = 30;

/** The packages of a project. */
export interface ProjectPackages {
  readonly project: string;
  readonly packages: readonly string[];
}

/** All projects with their packages, the current project first; those of other projects once `isWanted`. */
export function useAllPackages(isWanted: boolean): readonly ProjectPackages[] {
  const client = useClient();
  const current = useProject();
  const { data: projects } = useQuery({
    queryKey: topicKey("projects"),
    queryFn: async () => client.listProjects(),
  });
  const names = (projects ?? []).map(({ name }) => name);
  const ordered = [...names.filter((name) => name === current), ...names.filter((name) => name !== current)];
  const isAll = isWanted && names.length <= maxProjects;
  const lists = useQueries({
    queries: ordered.map((project) => ({
      queryKey: topicKey("packages", project, "names"),
      queryFn: async () => client.listPackages(project),
      enabled: isAll || project === current,
    })),
  });
  return ordered.map((project, index) => ({
    project,
    packages: (lists[index]?.data ?? []).map(({ name }) => name),
  }));
}

/** Packages, projects and pages as places to go to. */
export function toDestinations(all: readonly ProjectPackages[]): {
  readonly packages: readonly Destination[];
  readonly projects: readonly Destination[];
  readonly pages: readonly Destination[];
} {
  return {
    packages: all.flatMap(({ project, packages }) =>
      packages.map((name) => ({
        label: name,
        description: `Package of ${project}`,
        to: addressOf(["projects", project, "packages", name]),
      })),
    ),
    projects: all.map(({ project }) => ({
      label: project,
      description: "Project",
      to: addressOf(["projects", project]),
    })),
    pages: [...platformPages, helpPage],
  };
}
