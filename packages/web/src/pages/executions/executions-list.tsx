import { Button, Center, Paper, Stack, Text } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { Loading } from "../../parts/page/loading.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ExecutionsTable } from "./executions-table.tsx";
import { toFilter } from "./filter.ts";
import type { ExecutionsSearch } from "./search.ts";
import { holdBack } from "./hold-back.ts";
import { NothingRan } from "./nothing-ran.tsx";
import { showCount } from "../../parts/text/show-count.ts";

const pageSize = 50;

/** The list, newest first, more on demand. Newer executions wait behind a button, so that no row moves. */
export function ExecutionsList({ search }: { readonly search: ExecutionsSearch }): ReactNode {
  const client = useClient();
  const [topAt, setTopAt] = useState<string>();
  const found = useInfiniteQuery({
    queryKey: topicKey("executions", "list", search),
    queryFn: async ({ pageParam }) =>
      client.listExecutions({ ...toFilter(search, Date.now()), limit: pageSize, before: pageParam }),
    initialPageParam: firstPage,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  if (found.data === undefined) {
    if (found.error === null) return <Loading />;
    return <Problem error={found.error} onRetry={async () => found.refetch()} />;
  }
  const rows = found.data.pages.flatMap(({ executions }) => executions);
  const newest = rows[0]?.createdAt;
  if (newest === undefined) return <NothingRan search={search} />;
  if (topAt === undefined) setTopAt(newest);
  const { shown, newer } = holdBack(rows, topAt);
  return (
    <Stack gap="sm">
      <Center role="status" mih={newer === 0 ? 0 : 30}>
        {newer === 0 ? null : (
          <Button
            size="compact-sm"
            variant="light"
            radius="xl"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            onClick={() => setTopAt(newest)}
          >
            {showCount(newer)} new: show
          </Button>
        )}
      </Center>
      <Paper withBorder px="xs">
        <ExecutionsTable runs={shown} hasProject={search.project === undefined} />
      </Paper>
      {found.error === null ? null : <Problem error={found.error} onRetry={async () => found.refetch()} />}
      {found.hasNextPage ? (
        <Center>
          <Button
            variant="default"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage({ cancelRefetch: false })}
          >
            Load more
          </Button>
        </Center>
      ) : (
        <Text size="xs" c="dimmed" ta="center">
          {shown.length === 1 ? "That is the only one." : `That is all ${showCount(shown.length)}.`}
        </Text>
      )}
    </Stack>
  );
}

const firstPage: string | undefined = undefined;
