import { askNames, type FoundNames } from "@sealrun/client";
import { packageName } from "@sealrun/protocol";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useClient } from "../../app/platform.tsx";
import { topicKey } from "../../app/queries.ts";
import type { Review } from "./review.ts";

/** Which names the platform has for a package of that name, new or known. Never a value. */
export function useFoundNames(project: string, typed: string, review: Review): UseQueryResult<FoundNames> {
  const client = useClient();
  const [name] = useDebouncedValue(typed, 250);
  const own = [...review.checked.secrets.keys()];
  return useQuery({
    queryKey: topicKey("secrets", "before-upload", project, name, own),
    queryFn: async () => askNames(client, { project, name, ownNames: new Set(own) }),
    enabled: name === typed && packageName.safeParse(name).success,
  });
}
