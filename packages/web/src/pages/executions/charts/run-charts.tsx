import "@mantine/charts/styles.css";
import { BarChart, LineChart } from "@mantine/charts";
import { ColorSwatch, Group, SimpleGrid, Text } from "@mantine/core";
import { type ExecutionStatus, showDuration } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { usePlotArea } from "recharts";
import { statusColor } from "../../../parts/page/status-badge.tsx";
import { showCount } from "../../../parts/text/show-count.ts";
import { showRoundTime } from "../../../parts/time/round-times.ts";
import { countTicks, durationTicks } from "./axis-ticks.ts";
import type { ChartRow } from "./chart-rows.ts";
import { placeRows } from "./place-rows.ts";

const stacked: readonly ExecutionStatus[] = ["succeeded", "running", "queued", "cancelled", "lost", "failed"];
const height = 160;

/** What is drawn in one colour. */
interface Series {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}

/** The median is drawn last: with only one run, both lie in the same place. */
const durations: readonly Series[] = [
  { name: "p95", label: "95th percentile", color: "grape.6" },
  { name: "median", label: "median", color: "accent.6" },
];

/** The number of executions and their durations over time. Clicking a time in either chart narrows the list to it. */
export function RunCharts(props: {
  readonly rows: readonly ChartRow[];
  readonly onPick: (row: ChartRow) => void;
}): ReactNode {
  const { rows, onPick } = props;
  const series = stacked
    .filter((status) => rows.some(({ counts }) => counts[status] > 0))
    .map((status) => ({ name: status, label: status, color: `${statusColor(status)}.6` }));
  const counts = countTicks(Math.max(...rows.map(({ total }) => total), 0));
  const times = durationTicks(Math.max(...rows.map(({ medianMs, p95Ms }) => Math.max(medianMs ?? 0, p95Ms ?? 0)), 0));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" aria-hidden>
      <div>
        <Legend title="Executions" series={series} />
        <BarChart
          h={height}
          data={rows.map(({ label, counts: byStatus }) => ({ label, ...byStatus }))}
          dataKey="label"
          type="stacked"
          series={series}
          tickLine="none"
          valueFormatter={showCount}
          yAxisProps={{ ...axisOf(counts), width: 44 }}
          xAxisProps={{ minTickGap: 40 }}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false }}
        >
          <PickAreas rows={rows} marks="bars" onPick={onPick} />
        </BarChart>
      </div>
      <div>
        <Legend title="Duration" series={durations} />
        <LineChart
          h={height}
          data={rows.map(({ label, medianMs, p95Ms }) => ({ label, median: medianMs, p95: p95Ms }))}
          dataKey="label"
          series={[...durations]}
          curveType="linear"
          tickLine="none"
          valueFormatter={showDuration}
          yAxisProps={{ ...axisOf(times), width: 64, tickFormatter: showRoundTime }}
          xAxisProps={{ minTickGap: 40 }}
          dotProps={{ r: 2.5 }}
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false }}
        >
          <PickAreas rows={rows} marks="points" onPick={onPick} />
        </LineChart>
      </div>
    </SimpleGrid>
  );
}

/**
 * Takes clicks, one area for each time in which something ran. The library's own clicks know the time only from a mouse
 * that moved there before, which a finger never does.
 */
function PickAreas(props: {
  readonly rows: readonly ChartRow[];
  readonly marks: "bars" | "points";
  readonly onPick: (row: ChartRow) => void;
}): ReactNode {
  const { rows, marks, onPick } = props;
  const plot = usePlotArea();
  if (plot === undefined) return null;
  const spans = placeRows(plot, rows.length, marks);
  return rows.map((row, index) =>
    row.total === 0 ? null : (
      <rect
        key={row.at}
        data-at={row.at}
        x={spans[index]?.x}
        width={spans[index]?.width}
        y={plot.y}
        height={plot.height}
        fill="transparent"
        cursor="pointer"
        onClick={() => onPick(row)}
      />
    ),
  );
}

/** Every mark is drawn: with one left out, equal steps would look like unequal ones. */
function axisOf(ticks: readonly number[]): {
  readonly ticks: number[];
  readonly domain: [number, number];
  readonly interval: 0;
} {
  return { ticks: [...ticks], domain: [0, ticks.at(-1) ?? 0], interval: 0 };
}

/** The name of a chart, and what each of its colours stands for. */
function Legend({ title, series }: { readonly title: string; readonly series: readonly Series[] }): ReactNode {
  return (
    <Group gap="4px 12px" mb={4}>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      {series.map(({ name, label, color }) => (
        <Group key={name} gap={5} wrap="nowrap">
          <ColorSwatch size={10} withShadow={false} color={`var(--mantine-color-${color.replace(".", "-")})`} />
          <Text size="xs">{label}</Text>
        </Group>
      ))}
    </Group>
  );
}
