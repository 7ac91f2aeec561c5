import type { SecretPlace } from "@sealrun/client";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { useProject } from "../../platform/use-project.ts";
import { addressOf, type Destination, readQuery } from "./destination.ts";
import type { ProjectPackages } from "./use-destinations.ts";

/** In a larger project only the secrets of the platform and the projects are searched. */
const maxPackages = 40;

/** Secrets and executions that the typed text may mean; asked for when typing pauses. Names only, never a value. */
export function useFound(
  query: string,
  all: readonly ProjectPackages[],
): {
  readonly secrets: readonly Destination[];
  readonly executions: readonly Destination[];
} {
  const [typed] = useDebouncedValue(query, 250);
  const { secret, execution } = readQuery(typed);
  return { secrets: useSecrets(secret, all), executions: useExecutions(execution) };
}

function useSecrets(name: string | undefined, all: readonly ProjectPackages[]): readonly Destination[] {
  const client = useClient();
  const current = useProject();
  const places: readonly SecretPlace[] = [
    { scope: "platform" },
    ...all.map(({ project }): SecretPlace => ({ scope: "project", project })),
    ...all
      .filter(({ project, packages }) => project === current && packages.length <= maxPackages)
      .flatMap(({ project, packages }) =>
        packages.map((each): SecretPlace => ({ scope: "service", project, package: each })),
      ),
  ];
  const lists = useQueries({
    queries: places.map((place) => ({
      queryKey: topicKey("secrets", "found", place),
      queryFn: async () => client.listSecrets(place),
      enabled: name !== undefined,
    })),
  });
  if (name === undefined) return [];
  return places.flatMap((place, index) =>
    (lists[index]?.data ?? [])
      .filter((secret) => secret.name.toLowerCase().includes(name.toLowerCase()))
      .map((secret) => ({
        label: secret.name,
        description: `Secret of ${whose(place)}`,
        to: addressOf(pageOf(place), { open: secret.name }),
      })),
  );
}

function useExecutions(id: string | undefined): readonly Destination[] {
  const client = useClient();
  const { data } = useQuery({
    queryKey: topicKey("executions", "found", id),
    queryFn: async () => client.listExecutions({ id, limit: 5 }),
    enabled: id !== undefined,
    placeholderData: keepPreviousData,
  });
  if (id === undefined) return [];
  return (data?.executions ?? []).map((run) => ({
    label: run.id,
    description: `Execution of ${run.package}, ${run.status}`,
    to: addressOf(["executions", run.id]),
  }));
}

function whose(place: SecretPlace): string {
  if (place.scope === "platform") return "the platform";
  return place.scope === "project" ? `project ${place.project}` : `package ${place.package}`;
}

function pageOf(place: SecretPlace): readonly string[] {
  if (place.scope === "platform") return ["vault", "secrets"];
  const project = ["projects", place.project];
  return place.scope === "project" ? [...project, "secrets"] : [...project, "packages", place.package, "secrets"];
}
