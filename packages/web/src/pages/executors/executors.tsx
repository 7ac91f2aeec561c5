import { Badge, Code, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import type { PoolInfo } from "@sealrun/protocol";
import { IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../platform/queries.ts";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { type Executor, sortExecutors } from "./executor-state.ts";
import { ExecutorsTable } from "./executors-table.tsx";
import { allPools, describeLoad } from "./pool-load.ts";
import { showCount } from "../../parts/text/show-count.ts";

/** The time of the last heartbeat changes without a notice, so the page polls. */
const everyMs = 5_000;

/** Every pool with its load, and the executors in it. */
export function ExecutorsPage(): ReactNode {
  const client = useClient();
  const found = useQuery({
    queryKey: topicKey("executors", "pools"),
    queryFn: async () => {
      const [pools, executors] = await Promise.all([client.pools(), client.listExecutors()]);
      return { pools: allPools(pools, executors), executors };
    },
    meta: alsoOf("executions"),
    refetchInterval: everyMs,
  });
  return (
    <Page
      title="Executors"
      lead={
        <>
          Executors run packages; each belongs to a pool. <EnrolLink>Enrol an executor</EnrolLink>
        </>
      }
    >
      {found.data === undefined ? (
        found.error === null ? (
          <Loading />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} guide="operate" />
        )
      ) : found.data.pools.length === 0 ? (
        <NoExecutor />
      ) : (
        found.data.pools.map((pool) => (
          <Pool key={pool.name} pool={pool} executors={sortExecutors(found.data.executors, pool.name)} />
        ))
      )}
    </Page>
  );
}

function Pool(props: { readonly pool: PoolInfo; readonly executors: readonly Executor[] }): ReactNode {
  const { pool, executors } = props;
  const { name, slots, running, queued, oldestQueuedAt } = pool;
  const { isGood, sentence } = describeLoad(pool);
  const id = `pool-${name}`;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} id={id}>
            Pool <ShownText text={name} />
          </Title>
          <Badge color={isGood ? "gray" : "orange"} variant="light" tt="none" fw={500}>
            {sentence}
          </Badge>
        </Group>
        <Progress.Root size="lg" aria-label={`Load of pool ${name}`}>
          <Progress.Section
            value={slots === 0 ? 0 : Math.min((running / slots) * 100, 100)}
            color={running >= slots && queued > 0 ? "orange" : "accent"}
            aria-label={`${running} of ${slots} slots of pool ${name} are busy`}
          />
        </Progress.Root>
        <Group gap="4px 16px">
          <Text size="sm" c="dimmed">
            {showCount(running)} of {showCount(slots)} slot{slots === 1 ? "" : "s"} busy
          </Text>
          <Text size="sm" c="dimmed">
            {showCount(queued)} queued
          </Text>
          {oldestQueuedAt === null ? null : (
            <Text size="sm" c="dimmed">
              the oldest since <Time at={oldestQueuedAt} />
            </Text>
          )}
        </Group>
        {executors.length === 0 ? (
          <Text size="sm">
            This pool has no executor. <EnrolLink>Enrol one</EnrolLink>, or name another pool in the manifest.
          </Text>
        ) : (
          <ExecutorsTable pool={name} executors={executors} />
        )}
      </Stack>
    </Paper>
  );
}

function NoExecutor(): ReactNode {
  return (
    <Empty
      icon={<IconServer2 aria-hidden />}
      title="No executor yet"
      action={<EnrolLink>How to enrol an executor</EnrolLink>}
    >
      Executions stay queued until an executor takes them. Make a token with <Code>sealrun keyring-token</Code> on the
      keyring's machine, then start <Code>sealrun executor</Code> with it.
    </Empty>
  );
}

function EnrolLink({ children }: { readonly children: string }): ReactNode {
  return (
    <LinkAnchor size="sm" underline="always" to="/guides/$" params={{ _splat: "operate/executors" }} hash="enrol">
      {children}
    </LinkAnchor>
  );
}
