import { useQuery } from "@tanstack/react-query";
import { useClient } from "./platform.tsx";
import { topicKey } from "./queries.ts";
import { useProject } from "./use-project.ts";

/** Somewhere to go: its name, what it is, and its address. */
export interface Destination {
  readonly label: string;
  readonly description: string;
  readonly to: string;
}

const pages: readonly Destination[] = [
  { label: "Executions", description: "Every run, with filters", to: "/executions" },
  { label: "Schedules", description: "What starts by itself, and when", to: "/schedules" },
  { label: "Platform secrets", description: "Vault", to: "/vault/secrets" },
  { label: "Executors", description: "Executors and pools", to: "/executors" },
  { label: "Health", description: "Of the platform", to: "/health" },
  { label: "Audit", description: "Who did what", to: "/audit" },
  { label: "Guides", description: "How to do things", to: "/guides" },
];

/** Where one can go: the pages, all projects, and the packages of the project one is in. */
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
    ...pages,
  ];
}
