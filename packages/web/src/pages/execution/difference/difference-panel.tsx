import { Alert, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
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
      <Table.ScrollContainer minWidth={480}>
        <Table layout="fixed" verticalSpacing={4} aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="30%">Name</Table.Th>
              <Table.Th>Other run</Table.Th>
              <Table.Th>This run</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.slice(0, maxRows).map((change) => (
              <Table.Tr key={change.name}>
                <Table.Td>
                  <ShownText text={change.name} />
                </Table.Td>
                <Side text={change.before} />
                <Side text={change.now} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
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
      <Table.Td>
        <Text size="sm" c="dimmed">
          absent
        </Text>
      </Table.Td>
    );
  }
  return (
    <Table.Td ff="monospace" fz={13}>
      <LineText text={text.slice(0, shownCharacters)} />
      {text.length > shownCharacters ? "…" : ""}
    </Table.Td>
  );
}

function Durations({ before, now }: { readonly before: ExecutionInfo; readonly now: ExecutionInfo }): ReactNode {
  const earlier = new Map(before.steps.map((step) => [step.name, timeOf(step)]));
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Durations
      </Title>
      <Table.ScrollContainer minWidth={360}>
        <Table verticalSpacing={4} aria-label="Durations">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Step</Table.Th>
              <Table.Th>Other run</Table.Th>
              <Table.Th>This run</Table.Th>
              <Table.Th>Change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {now.steps.map((step) => (
              <Table.Tr key={step.name}>
                <Table.Td ff="monospace">
                  <ShownText text={step.name} />
                </Table.Td>
                <Table.Td>{showMs(earlier.get(step.name))}</Table.Td>
                <Table.Td>{showMs(timeOf(step))}</Table.Td>
                <Table.Td>{showChange(earlier.get(step.name), timeOf(step))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
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
