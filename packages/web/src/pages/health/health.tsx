import { Alert, SimpleGrid, Text } from "@mantine/core";
import type { PlatformHealth } from "@sealrun/protocol";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { useTicking } from "../../parts/time/use-ticking.ts";
import { Checks } from "./checks.tsx";
import { DatabaseFacts, PlatformFacts, QueueFacts, StreamFacts } from "./health-facts.tsx";
import { TableSizes } from "./table-sizes.tsx";
import { summarize } from "./health-summary.ts";

const everyMs = 5_000;

/** Whether all services of the platform work, checked every five seconds while the page is visible. */
export function HealthPage(): ReactNode {
  const client = useClient();
  const found = useQuery({
    queryKey: ["health"],
    queryFn: async () => client.health(),
    refetchInterval: everyMs,
    staleTime: 0,
  });
  return (
    <Page
      title="Health"
      lead={found.data === undefined ? undefined : <CheckedAgo atMs={found.dataUpdatedAt} isLate={found.isError} />}
    >
      {found.error === null ? null : (
        <Problem error={found.error} onRetry={async () => found.refetch()} guide="operate" />
      )}
      {found.data === undefined ? found.error === null ? <Loading /> : null : <Content health={found.data} />}
    </Page>
  );
}

function CheckedAgo(props: { readonly atMs: number; readonly isLate: boolean }): ReactNode {
  const seconds = Math.max(Math.round((useTicking(true) - props.atMs) / 1_000), 0);
  const ago = seconds === 0 ? "just now" : `${seconds} s ago`;
  return `Checked ${ago}${props.isLate ? "; the data below is from then" : ", and every 5 s"}`;
}

const looks = {
  good: { color: "green", Icon: IconCircleCheck },
  warning: { color: "yellow", Icon: IconAlertTriangle },
  bad: { color: "red", Icon: IconCircleX },
} as const;

function Content({ health }: { readonly health: PlatformHealth }): ReactNode {
  const { state, sentence } = summarize(health.checks);
  const { color, Icon } = looks[state];
  return (
    <>
      <Alert color={color} icon={<Icon aria-hidden />} role="status">
        <Text fw={600}>
          <ShownText text={sentence} />
        </Text>
      </Alert>
      <Checks checks={health.checks} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <QueueFacts queue={health.queue} />
        <StreamFacts nats={health.nats} />
        <PlatformFacts platform={health.platform} />
        <DatabaseFacts postgres={health.postgres} />
      </SimpleGrid>
      <TableSizes tables={health.tables} />
    </>
  );
}
