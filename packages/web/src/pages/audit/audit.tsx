import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { ExportMenu } from "../../parts/export/export-menu.tsx";
import { readAll } from "../../parts/export/read-all.ts";
import { filterCount } from "../../parts/narrow/filter-count.ts";
import { FoldedFilters } from "../../parts/narrow/folded-filters.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { showCount } from "../../parts/text/show-count.ts";
import { ViewsMenu } from "../../parts/views/views-menu.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import { AuditTable } from "./audit-table.tsx";
import { ChainCheck } from "./chain-check.tsx";
import { countFilters, filterOf } from "./filter.ts";
import type { AuditSearch } from "./search.ts";

const rowsPerPage = 100;
const maxExported = 50_000;

/** The audit: what the platform did, who requested it, and whether the record is complete. */
export function AuditPage(): ReactNode {
  const search = useSearch({ from: "/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const onSearch = (change: AuditSearch): void => {
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  return (
    <Page
      title="Audit"
      lead={
        <>
          Every change, start, claim and end, every lookup of a secret and every refusal, with names, versions and
          counts, never a value. Looking at pages and listing by commands is not recorded.{" "}
          <Anchor inherit underline="always" href="/guides/secrets#audit" target="_blank" rel="noopener">
            How the audit works
          </Anchor>
        </>
      }
    >
      <ChainCheck />
      <FoldedFilters label="Filters" set={filterCount(countFilters(search))}>
        <AuditFilters search={search} onSearch={onSearch} />
      </FoldedFilters>
      <Rows search={search} onClear={() => void navigate({ search: {}, replace: true })} />
    </Page>
  );
}

function Rows({ search, onClear }: { readonly search: AuditSearch; readonly onClear: () => void }): ReactNode {
  const client = useClient();
  const found = useInfiniteQuery({
    queryKey: ["audit", search],
    queryFn: async ({ pageParam }) =>
      client.listAudit({ ...filterOf(search, Date.now()), before: pageParam, limit: rowsPerPage }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 0,
    // Older rows never change, so they are not fetched again without a click.
    refetchOnWindowFocus: false,
  });
  if (found.data === undefined) {
    return found.error === null ? <Loading /> : <Problem error={found.error} onRetry={async () => found.refetch()} />;
  }
  const rows = found.data.pages.flatMap((page) => page.rows);
  return (
    <Stack gap="sm">
      {found.error === null ? null : <Problem error={found.error} onRetry={async () => found.refetch()} />}
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" role="status">
          {rows.length === 0 ? "No row matches" : `${found.hasNextPage ? "Latest " : ""}${countRows(rows.length)}`}
        </Text>
        <Group gap="xs">
          {countFilters(search) > 0 ? (
            <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
              Show everything
            </Button>
          ) : null}
          <ViewsMenu page="audit" />
          <ExportMenu
            name="audit"
            columns={["seq", "at", "actor", "action", "object", "objectName", "detail", "requestId"]}
            read={async () => {
              const filter = filterOf(search, Date.now());
              return readAll(async (before) => client.listAudit({ ...filter, before, limit: 1_000 }), maxExported);
            }}
            cellsOf={({ seq, at, actor, action, object, objectName, detail, requestId }) => [
              seq,
              at,
              actor,
              action,
              object,
              objectName ?? "",
              JSON.stringify(detail),
              requestId,
            ]}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={found.isRefetching && !found.isFetchingNextPage}
            onClick={() => void found.refetch()}
          >
            Refresh
          </Button>
        </Group>
      </Group>
      {rows.length === 0 ? null : <AuditTable rows={rows} search={search} />}
      {found.hasNextPage ? (
        <Group justify="center">
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show older rows
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

function countRows(count: number): string {
  return count === 1 ? "1 row" : `${showCount(count)} rows`;
}
