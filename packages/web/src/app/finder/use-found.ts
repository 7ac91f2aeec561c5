import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useClient } from "../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../platform/queries.ts";
import { useProject } from "../../platform/use-project.ts";
import { addressOf, type Destination, readQuery } from "./destination.ts";
import { type FoundPlaces, noPlaces, toPlaces } from "./found-places.ts";

const pauseMs = 200;
/** Of each kind: more than anyone reads before typing another letter. */
const maxOfKind = 8;

/** What the platform found for the typed text. */
interface Found extends FoundPlaces {
  readonly executions: readonly Destination[];
  /** True when it is all that there is for the text as it is typed now. */
  readonly isSettled: boolean;
  /** Why it is not known, if so. */
  readonly error: Error | null;
}

/**
 * Projects, packages, secrets and executions that the typed text may mean: one request when typing pauses. Names only,
 * never a value. Without a text it is the packages of the current project and the projects.
 */
export function useFound(query: string, isOpen: boolean): Found {
  const client = useClient();
  const near = useProject();
  const [typed] = useDebouncedValue(query, pauseMs);
  const { text, execution } = readQuery(typed);
  const names = useQuery({
    queryKey: topicKey("packages", "found", text, near),
    queryFn: async ({ signal }) => client.findNames({ text, near, limit: maxOfKind }, signal),
    enabled: isOpen && execution === undefined,
    placeholderData: keepPreviousData,
    meta: alsoOf("projects", "secrets"),
  });
  const runs = useQuery({
    queryKey: topicKey("executions", "found", execution),
    queryFn: async () => client.listExecutions({ id: execution, limit: 5 }),
    enabled: isOpen && execution !== undefined,
    placeholderData: keepPreviousData,
  });
  const places = execution === undefined && names.data !== undefined ? toPlaces(names.data) : noPlaces;
  const asked = execution === undefined ? names : runs;
  const executions = execution === undefined ? [] : (runs.data?.executions ?? []);
  return {
    ...places,
    executions: executions.map((run) => ({
      label: run.id,
      description: `Execution of ${run.package}, ${run.status}`,
      to: addressOf(["executions", run.id]),
    })),
    isSettled: typed === query && !asked.isPending && !asked.isPlaceholderData,
    error: asked.error,
  };
}
