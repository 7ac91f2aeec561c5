import { Stack, Text } from "@mantine/core";
import type { ExecutionSummary, Trigger } from "@sealrun/protocol";
import type { ReactNode, RefCallback } from "react";
import { CardCell, CardRow, CardTable, RowSpace } from "../../parts/page/card-table.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Sentence } from "../../parts/page/sentence.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { StatusBadge } from "../../parts/page/status-badge.tsx";
import { type RowPlace, useWindowRows } from "../../parts/page/window-rows.ts";
import { Time } from "../../parts/time/time.tsx";
import { shortId } from "../../parts/text/short-id.ts";
import { TookTime } from "./took-time.tsx";

/** Executions as rows, with a column for the project if `hasProject`. */
export function ExecutionsTable(props: {
  readonly runs: readonly ExecutionSummary[];
  readonly hasProject: boolean;
}): ReactNode {
  const columns = [
    "Package",
    ...(props.hasProject ? ["Project"] : []),
    "Status",
    "Accepted",
    "Took",
    "Started by",
    "Executor",
  ];
  const { runs, hasProject } = props;
  const { holder, parts, measure } = useWindowRows({
    name: "executions",
    count: runs.length,
    estimatePx: 53,
    keyOf: (index) => runs[index]?.id ?? String(index),
  });
  return (
    <CardTable label="Executions, the newest first" columns={columns} rowCount={runs.length} holder={holder}>
      {parts.map((part) => {
        if (part.kind === "space") return <RowSpace key={`space ${part.before}`} height={part.height} />;
        const run = runs[part.index];
        if (run === undefined) return null;
        const place = { index: part.index, count: runs.length };
        return <ExecutionRow key={run.id} run={run} hasProject={hasProject} place={place} measure={measure} />;
      })}
    </CardTable>
  );
}

function ExecutionRow({
  run,
  hasProject,
  place,
  measure,
}: {
  readonly run: ExecutionSummary;
  readonly hasProject: boolean;
  readonly place: RowPlace;
  readonly measure: RefCallback<HTMLElement>;
}): ReactNode {
  return (
    <CardRow place={place} measure={measure}>
      <CardCell place="title">
        <Stack gap={0}>
          <LinkAnchor size="sm" fw={500} to="/executions/$execution" params={{ execution: run.id }}>
            <ShownText text={run.package} />
          </LinkAnchor>
          <Text size="xs" c="dimmed" component="span">
            version {run.version} · <span title={run.id}>{shortId(run.id)}</span>
          </Text>
        </Stack>
      </CardCell>
      {hasProject ? (
        <CardCell label="Project">
          <LinkAnchor size="sm" to="/projects/$project" params={{ project: run.project }}>
            <ShownText text={run.project} />
          </LinkAnchor>
        </CardCell>
      ) : null}
      <CardCell label="Status">
        <StatusBadge status={run.status} />
        {run.waiting === null ? null : (
          <Text size="xs" c="dimmed" component="div" maw={320}>
            <Sentence text={run.waiting} />
          </Text>
        )}
      </CardCell>
      <CardCell label="Accepted">
        <Text size="sm" component="span">
          <Time at={run.createdAt} />
        </Text>
      </CardCell>
      <CardCell label="Took">
        {run.startedAt === null ? null : (
          <Text size="sm" component="span">
            <TookTime run={run} />
          </Text>
        )}
      </CardCell>
      <CardCell label="Started by">
        <Text size="sm" component="span">
          <StartedBy trigger={run.trigger} />
        </Text>
      </CardCell>
      <CardCell label="Executor">
        {run.executor === null ? null : (
          <LinkAnchor size="sm" to="/executions" search={{ executor: run.executor }} title={run.executor}>
            {shortId(run.executor)}
          </LinkAnchor>
        )}
      </CardCell>
    </CardRow>
  );
}

function StartedBy({ trigger }: { readonly trigger: Trigger }): ReactNode {
  switch (trigger.kind) {
    case "request":
      return "request";
    case "schedule":
      return "schedule";
    case "event":
      return (
        <>
          event <ShownText text={trigger.type} />
        </>
      );
  }
}
