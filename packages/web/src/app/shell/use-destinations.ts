import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../platform/platform.tsx";
import { helpPage, platformPages } from "./platform-pages.ts";
import { topicKey } from "../../platform/queries.ts";
import { useProject } from "../../platform/use-project.ts";

/** A place that the finder can go to: its name, what it is, and its address. */
export interface Destination {
  readonly label: string;
  readonly description: string;
  readonly to: string;
}

/** What the finder can go to: the packages of the current project, all projects, and the pages. */
export function useDestinations(): readonly Destination[] {
  const client = useClient();
  const project = useProject();
  const { data: projects } = useQuery({
    queryKey: topicKey("projects"),
    queryFn: async () => client.listProjects(),
  });
  const { data: packages } = useQuery({
    queryKey: topicKey("packages", project, "names"),
    queryFn: async () => client.listPackages(project ?? ""),
    enabled: project !== undefined,
  });
  const at = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;
  return [
    ...(packages ?? []).map(({ name }) => ({
      label: name,
      description: `Package of ${project ?? ""}`,
      to: at("projects", project ?? "", "packages", name),
    })),
    ...(projects ?? []).map(({ name }) => ({ label: name, description: "Project", to: at("projects", name) })),
    ...platformPages,
    helpPage,
  ];
}
