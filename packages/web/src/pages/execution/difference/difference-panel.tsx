import { Alert, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { type ExecutionInfo, isFinal, showDuration } from "@sealrun/protocol";
import { IconArrowsDiff, IconEqual } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
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
import { type Change, findDifference, isAlike, isNotable } from "./difference.ts";
import { LogDifference } from "./log-difference.tsx";

/** What changed since the last successful run of the same package before this one. */
export function DifferencePanel({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const client = useClient();
  const earlier = useQuery({
    queryKey: topicKey("executions", "success-before", execution.id),
    queryFn: async () => {
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
    staleTime: "static",
  });
  if (earlier.error !== null) return <Problem error={earlier.error} onRetry={async () => earlier.refetch()} />;
  if (earlier.data === undefined) return <Loading />;
  if (earlier.data === null) {
    return (
      <Empty icon={<IconArrowsDiff aria-hidden />} title="No earlier run of this package succeeded">
        Once a run of this package has succeeded, this page compares later runs with it: version, steps, parameters,
        secrets, results and log.
      </Empty>
    );
  }
  return <Compared before={earlier.data} now={execution} />;
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
              <Table.Th>Successful run</Table.Th>
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
  const earlier = new Map(before.steps.map(({ name, durationMs }) => [name, durationMs]));
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
              <Table.Th>Successful run</Table.Th>
              <Table.Th>This run</Table.Th>
              <Table.Th>Change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {now.steps.map(({ name, durationMs }) => (
              <Table.Tr key={name}>
                <Table.Td ff="monospace">
                  <ShownText text={name} />
                </Table.Td>
                <Table.Td>{showMs(earlier.get(name))}</Table.Td>
                <Table.Td>{showMs(durationMs)}</Table.Td>
                <Table.Td>{showChange(earlier.get(name), durationMs)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function showMs(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? "–" : showDuration(ms);
}

function showChange(before: number | null | undefined, now: number | null): string {
  if (before === null || before === undefined || now === null) return "–";
  if (!isNotable(before, now)) return "about the same";
  return now > before ? `${showDuration(now - before)} slower` : `${showDuration(before - now)} faster`;
}
