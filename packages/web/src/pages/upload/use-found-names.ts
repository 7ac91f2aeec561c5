import { askNames, type FoundNames } from "@sealrun/client";
import { packageName } from "@sealrun/protocol";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import type { Review } from "./review.ts";

/** The names of secrets that the platform has for a new or existing package of that name, asked when typing pauses. Never a value. */
export function useFoundNames(project: string, name: string, review: Review): UseQueryResult<FoundNames> {
  const client = useClient();
  const [paused] = useDebouncedValue(name, 250);
  const own = [...review.checked.secrets.keys()];
  return useQuery({
    queryKey: topicKey("secrets", "before-upload", project, name, own),
    queryFn: async () => askNames(client, { project, name, ownNames: new Set(own) }),
    enabled: name === paused && packageName.safeParse(name).success,
  });
}
