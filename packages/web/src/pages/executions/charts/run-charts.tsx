import "@mantine/charts/styles.css";
import { BarChart, LineChart } from "@mantine/charts";
import { SimpleGrid, Text } from "@mantine/core";
import { type ExecutionStatus, showDuration } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { statusColor } from "../../parts/page/status-badge.tsx";
import type { ChartRow } from "./chart-rows.ts";

const stacked: readonly ExecutionStatus[] = ["succeeded", "running", "queued", "cancelled", "lost", "failed"];
const height = 160;

/** The number of executions and their durations over time. Clicking a bar narrows the list to its time. */
export function RunCharts(props: {
  readonly rows: readonly ChartRow[];
  readonly onPick: (row: ChartRow) => void;
}): ReactNode {
  const { rows, onPick } = props;
  const series = stacked
    .filter((status) => rows.some(({ counts }) => counts[status] > 0))
    .map((status) => ({ name: status, color: `${statusColor(status)}.6` }));
  const pick = (index: unknown): void => {
    const row = rows[Number(index)];
    if (row !== undefined && row.total > 0) onPick(row);
  };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" aria-hidden>
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          Executions
        </Text>
        <BarChart
          h={height}
          data={rows.map(({ label, counts }) => ({ label, ...counts }))}
          dataKey="label"
          type="stacked"
          series={series}
          tickLine="none"
          yAxisProps={{ allowDecimals: false, width: 32 }}
          xAxisProps={{ minTickGap: 40 }}
          barProps={{ isAnimationActive: false }}
          barChartProps={{
            accessibilityLayer: false,
            style: { cursor: "pointer" },
            onClick: ({ activeTooltipIndex }) => pick(activeTooltipIndex),
          }}
        />
      </div>
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          Duration: median and 95th percentile
        </Text>
        <LineChart
          h={height}
          data={rows.map(({ label, medianMs, p95Ms }) => ({ label, median: medianMs, p95: p95Ms }))}
          dataKey="label"
          series={[
            // The median is drawn last: with only one run, both lie in the same place.
            { name: "p95", label: "95th percentile", color: "grape.6" },
            { name: "median", color: "accent.6" },
          ]}
          curveType="linear"
          tickLine="none"
          valueFormatter={showDuration}
          yAxisProps={{ width: 64 }}
          xAxisProps={{ minTickGap: 40 }}
          dotProps={{ r: 2.5 }}
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </div>
    </SimpleGrid>
  );
}
