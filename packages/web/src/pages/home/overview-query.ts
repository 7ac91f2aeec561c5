import type { Client } from "@sealrun/client";
import { queryOptions } from "@tanstack/react-query";
import { alsoOf, topicKey } from "../../platform/queries.ts";

/** The packages of a project with their runs, missing secrets and next start: stale as soon as any of these changes. */
export function overviewQuery(client: Client, project: string) {
  return queryOptions({
    queryKey: topicKey("packages", "overview", project),
    queryFn: async () => client.overview(project),
    meta: alsoOf("executions", "secrets", "schedules"),
  });
}
