import { Button, Skeleton, Table, Text, VisuallyHidden } from "@mantine/core";
import { type ExecutionStatistics, type ExecutionStatus, showDuration } from "@sealrun/protocol";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { Panel } from "../../../parts/page/page.tsx";
import { showCount } from "../../../parts/text/show-count.ts";
import { chartRows, type ChartRow } from "./chart-rows.ts";
import { showRange } from "../time-range.ts";

/** The chart library is large, so it loads only when a chart is shown. */
const RunCharts = lazy(async () => ({ default: (await import("./run-charts.tsx")).RunCharts }));

/** Executions and durations over time, as a chart or as a table. */
export function RunStatistics(props: {
  readonly statistics: ExecutionStatistics;
  readonly statuses: readonly ExecutionStatus[];
  readonly onPick: (row: ChartRow) => void;
}): ReactNode {
  const { statistics, statuses, onPick } = props;
  const rows = useMemo(() => chartRows(statistics, statuses), [statistics, statuses]);
  const [isTable, setIsTable] = useState(false);
  return (
    <Panel
      title="Over time"
      beside={
        <Button size="compact-xs" variant="subtle" onClick={() => setIsTable(!isTable)}>
          {isTable ? "Show as a chart" : "Show as a table"}
        </Button>
      }
    >
      {isTable ? (
        <StatisticsTable rows={rows} onPick={onPick} />
      ) : (
        <>
          <VisuallyHidden>A chart; the button before it shows the same as a table.</VisuallyHidden>
          <Suspense fallback={<Skeleton height={185} aria-busy="true" />}>
            <RunCharts rows={rows} onPick={onPick} />
          </Suspense>
        </>
      )}
    </Panel>
  );
}

function StatisticsTable(props: {
  readonly rows: readonly ChartRow[];
  readonly onPick: (row: ChartRow) => void;
}): ReactNode {
  const rows = props.rows.filter(({ total }) => total > 0).toReversed();
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing ran in this time.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={520} mah={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label="Executions over time" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            <Table.Th ta="end">Executions</Table.Th>
            <Table.Th ta="end">Failed</Table.Th>
            <Table.Th ta="end">Median</Table.Th>
            <Table.Th ta="end">95th percentile</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.at}>
              <Table.Td>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => props.onPick(row)}
                  aria-label={`Narrow to ${showRange(row.at, row.until)}`}
                >
                  {showRange(row.at, row.until)}
                </Button>
              </Table.Td>
              <Table.Td ta="end">{showCount(row.total)}</Table.Td>
              <Table.Td ta="end">{showCount(row.counts.failed + row.counts.lost)}</Table.Td>
              <Table.Td ta="end">{row.medianMs === null ? "" : showDuration(row.medianMs)}</Table.Td>
              <Table.Td ta="end">{row.p95Ms === null ? "" : showDuration(row.p95Ms)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
