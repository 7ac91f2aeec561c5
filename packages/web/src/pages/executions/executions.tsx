import { Group, Skeleton, Stack } from "@mantine/core";
import type { ExecutionStatus } from "@sealrun/protocol";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { FoldedFilters } from "../../parts/narrow/folded-filters.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ViewsMenu } from "../../parts/views/views-menu.tsx";
import { CancelQueued } from "./cancel-queued.tsx";
import { ExportExecutions } from "./export-executions.tsx";
import { ExecutionsList } from "./executions-list.tsx";
import { filterWords, toStatisticsFilter } from "./filter.ts";
import type { ExecutionsSearch } from "./search.ts";
import { FilterBar } from "./filter-bar.tsx";
import { RunStatistics } from "./charts/run-statistics.tsx";
import { StatusToggles } from "./status-toggles.tsx";

/** All executions: filters, counts, charts, and the list. The address has the filters. */
export function ExecutionsPage(): ReactNode {
  const search = useSearch({ from: "/executions" });
  const navigate = useNavigate({ from: "/executions" });
  const onChange = (change: ExecutionsSearch): void =>
    void navigate({ search: { ...search, ...change }, resetScroll: false });
  return (
    <Page
      title="Executions"
      actions={
        <>
          <ViewsMenu page="executions" />
          <ExportExecutions search={search} />
        </>
      }
    >
      <Stack gap="md">
        <FoldedFilters label="Filters and charts" set={filterWords(search)}>
          <FilterBar search={search} onChange={onChange} />
          <Overview search={search} onChange={onChange} />
        </FoldedFilters>
        <ExecutionsList key={JSON.stringify(search)} search={search} />
      </Stack>
    </Page>
  );
}

function Overview(props: {
  readonly search: ExecutionsSearch;
  readonly onChange: (change: ExecutionsSearch) => void;
}): ReactNode {
  const { search, onChange } = props;
  const client = useClient();
  // All statuses are counted, so that each toggle shows how many it would add.
  const anyStatus = { ...search, status: undefined };
  const found = useQuery({
    queryKey: topicKey("executions", "statistics", anyStatus),
    queryFn: async () => client.executionStatistics(toStatisticsFilter(search, Date.now())),
    placeholderData: keepPreviousData,
  });
  const statuses = search.status ?? none;
  const queued = found.data?.counts.queued ?? 0;
  const showsQueued = statuses.length === 0 || statuses.includes("queued");
  return (
    <>
      <Group justify="space-between" gap="xs">
        <StatusToggles
          counts={found.data?.counts}
          chosen={statuses}
          onChoose={(status) => onChange({ status: status.length === 0 ? undefined : status })}
        />
        {queued > 0 && showsQueued ? <CancelQueued search={search} count={queued} /> : null}
      </Group>
      {found.data === undefined ? (
        found.error === null ? (
          <Skeleton height={240} aria-busy="true" />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} />
        )
      ) : (
        <RunStatistics
          statistics={found.data}
          statuses={statuses}
          onPick={({ at, until }) => onChange({ since: at, until })}
        />
      )}
    </>
  );
}

const none: readonly ExecutionStatus[] = [];
