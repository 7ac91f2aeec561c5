import { Alert, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ExecutionInfo, isFinal, showDuration } from "@sealrun/protocol";
import { IconArrowsDiff, IconEqual } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";
import { Empty } from "../../../parts/page/empty.tsx";
import { LineText } from "../../../parts/log/line-text.tsx";
import { LinkAnchor } from "../../../parts/page/links.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { CardCell, CardRow, CardTable } from "../../../parts/page/card-table.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { StatusBadge } from "../../../parts/page/status-badge.tsx";
import { Time } from "../../../parts/time/time.tsx";
import { ChooseRun } from "./choose-run.tsx";
import { type Change, findDifference, isAlike, isNotable, timeOf } from "./difference.ts";
import { LogDifference } from "./log-difference.tsx";

/** What changed since another run of the same package: the last one before it that succeeded, or a chosen one. */
export function DifferencePanel({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const client = useClient();
  const { against } = useSearch({ from: "/executions/$execution" });
  const earlier = useQuery({
    queryKey: topicKey("executions", "compared", execution.id, against ?? "success before"),
    queryFn: async () => {
      if (against !== undefined) return client.getExecution(against);
      const { executions } = await client.listExecutions({
        project: execution.project,
        package: execution.package,
        status: "succeeded",
        until: execution.createdAt,
        limit: 1,
      });
      const [last] = executions;
      return last === undefined ? null : client.getExecution(last.id);
    },
    staleTime: against === undefined ? "static" : 30_000,
  });
  return (
    <Stack gap="md">
      <ChooseRun execution={execution} chosen={against} />
      {earlier.error === null ? null : <Problem error={earlier.error} onRetry={async () => earlier.refetch()} />}
      {earlier.data === undefined && earlier.error === null ? <Loading /> : null}
      {earlier.data === null ? (
        <Empty icon={<IconArrowsDiff aria-hidden />} title="No earlier run of this package succeeded">
          Once a run of this package has succeeded, this page compares later runs with it: version, steps, parameters,
          secrets, results and log. Until then, choose a run to compare with.
        </Empty>
      ) : null}
      {earlier.data == null ? null : <Compared before={earlier.data} now={execution} />}
    </Stack>
  );
}

function Compared({ before, now }: { readonly before: ExecutionInfo; readonly now: ExecutionInfo }): ReactNode {
  const found = findDifference(before, now);
  return (
    <Stack gap="md">
      <Group gap="xs">
        <Text size="sm">Compared with</Text>
        <LinkAnchor size="sm" ff="monospace" to="/executions/$execution" params={{ execution: before.id }}>
          {before.id}
        </LinkAnchor>
        <StatusBadge status={before.status} />
        <Text size="sm" c="dimmed">
          <Time at={before.createdAt} />
          {isFinal(now.status) ? "" : "; this run is still going, and this page updates"}
        </Text>
      </Group>
      {isAlike(found) ? (
        <Alert color="gray" icon={<IconEqual aria-hidden />}>
          Version, steps, parameters, secrets and results are the same. The difference may be in the log, or outside
          sealrun.
        </Alert>
      ) : (
        <Paper withBorder p="md">
          <Stack gap="md">
            <Title order={2}>What changed</Title>
            <Changes title="Version" changes={found.version === undefined ? [] : [found.version]} />
            <Changes title="Steps" changes={found.steps} />
            <Changes title="Parameters" changes={found.parameters} />
            <Changes title="Secrets" changes={found.secrets} />
            <Changes title="Results" changes={found.results} />
          </Stack>
        </Paper>
      )}
      <Durations before={before} now={now} />
      <LogDifference before={before} now={now} />
    </Stack>
  );
}

/** More rows than this are no longer readable. */
const maxRows = 100;

function Changes({ title, changes }: { readonly title: string; readonly changes: readonly Change[] }): ReactNode {
  if (changes.length === 0) return null;
  return (
    <div>
      <Title order={3} mb={4}>
        {title}
      </Title>
      <CardTable label={title} columns={["Name", "Other run", "This run"]}>
        {changes.slice(0, maxRows).map((change) => (
          <CardRow key={change.name}>
            <CardCell place="title">
              <ShownText text={change.name} />
            </CardCell>
            <CardCell label="Other run">
              <Side text={change.before} />
            </CardCell>
            <CardCell label="This run">
              <Side text={change.now} />
            </CardCell>
          </CardRow>
        ))}
      </CardTable>
      {changes.length > maxRows ? (
        <Text size="xs" c="dimmed">
          and {changes.length - maxRows} more
        </Text>
      ) : null}
    </div>
  );
}

const shownCharacters = 300;

function Side({ text }: { readonly text: string | undefined }): ReactNode {
  if (text === undefined) {
    return (
      <Text size="sm" c="dimmed" component="span">
        absent
      </Text>
    );
  }
  return (
    <Text ff="monospace" fz={13} component="span">
      <LineText text={text.slice(0, shownCharacters)} />
      {text.length > shownCharacters ? "…" : ""}
    </Text>
  );
}

function Durations({ before, now }: { readonly before: ExecutionInfo; readonly now: ExecutionInfo }): ReactNode {
  const earlier = new Map(before.steps.map((step) => [step.name, timeOf(step)]));
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Durations
      </Title>
      <CardTable label="Durations" columns={["Step", "Other run", "This run", "Change"]}>
        {now.steps.map((step) => (
          <CardRow key={step.name}>
            <CardCell place="title">
              <Text size="sm" ff="monospace" component="span">
                <ShownText text={step.name} />
              </Text>
            </CardCell>
            <CardCell label="Other run">{showMs(earlier.get(step.name))}</CardCell>
            <CardCell label="This run">{showMs(timeOf(step))}</CardCell>
            <CardCell label="Change">{showChange(earlier.get(step.name), timeOf(step))}</CardCell>
          </CardRow>
        ))}
      </CardTable>
    </Paper>
  );
}

function showMs(ms: number | undefined): string {
  return ms === undefined ? "–" : showDuration(ms);
}

function showChange(before: number | undefined, now: number | undefined): string {
  if (before === undefined || now === undefined) return "–";
  if (!isNotable(before, now)) return "about the same";
  return now > before ? `${showDuration(now - before)} slower` : `${showDuration(before - now)} faster`;
}
