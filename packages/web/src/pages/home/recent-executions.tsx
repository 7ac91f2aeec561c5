import { Text } from "@mantine/core";
import type { ExecutionSummary } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Panel } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { StatusBadge } from "../../parts/page/status-badge.tsx";
import { Time } from "../../parts/time/time.tsx";
import { TookTime } from "../executions/took-time.tsx";
import classes from "./recent-executions.module.css";

/** The ten newest executions of a project. */
export function RecentExecutions({ project }: { readonly project: string }): ReactNode {
  const client = useClient();
  const found = useQuery({
    queryKey: topicKey("executions", "recent", project),
    queryFn: async () => client.listExecutions({ project, limit: 10 }),
  });
  return (
    <Panel
      title="Recent executions"
      beside={
        <LinkAnchor size="sm" to="/executions" search={{ project }}>
          All
        </LinkAnchor>
      }
    >
      {found.data === undefined ? (
        found.error === null ? (
          <Loading rows={3} />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} />
        )
      ) : found.data.executions.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing has run yet.
        </Text>
      ) : (
        <ul className={classes["list"]}>
          {found.data.executions.map((run) => (
            <Recent key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Recent({ run }: { readonly run: ExecutionSummary }): ReactNode {
  return (
    <li>
      <LinkAnchor size="sm" className={classes["name"]} to="/executions/$execution" params={{ execution: run.id }}>
        <ShownText text={run.package} />
      </LinkAnchor>
      <StatusBadge status={run.status} />
      <Text size="xs" c="dimmed" className={classes["when"]}>
        <Time at={run.createdAt} />
        {run.startedAt === null ? null : (
          <>
            {" · "}
            <TookTime run={run} />
          </>
        )}
      </Text>
    </li>
  );
}
