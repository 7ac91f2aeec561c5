import { Badge, Group, Stack, Text, Timeline } from "@mantine/core";
import type { SecretPlace } from "@sealrun/client";
import type { SecretVersion } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { Time } from "../../../parts/time/time.tsx";
import { placeKey } from "../place.ts";
import { Author, sourceWord } from "./secret-source.tsx";

/** Every version of a name in one place, the newest first: its author, source, time, and how it ended. */
export function History(props: { readonly place: SecretPlace; readonly name: string }): ReactNode {
  const { place, name } = props;
  const client = useClient();
  const history = useQuery({
    queryKey: placeKey(place, "history", name),
    queryFn: async () => client.getSecretHistory(place, name),
  });
  if (history.error !== null) return <Problem error={history.error} onRetry={async () => history.refetch()} />;
  if (history.data === undefined) return <Loading rows={3} />;
  const { versions } = history.data;
  const current = versions.findIndex(({ end }) => end === null);
  return (
    <Timeline bulletSize={14} lineWidth={2} active={current === -1 ? -1 : current}>
      {versions.map((version) => (
        <Timeline.Item key={version.version} title={<Title version={version} />}>
          <Text component="div" size="sm" c="dimmed">
            {sourceWord(version.source)}, <Author author={version.author} />, <Time at={version.createdAt} />
          </Text>
          <End version={version} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Title({ version }: { readonly version: SecretVersion }): ReactNode {
  return (
    <Group gap="xs">
      <Text size="sm" fw={500}>
        Version {version.version}
      </Text>
      {version.end === null ? (
        <Badge variant="light" tt="none" fw={500}>
          current
        </Badge>
      ) : null}
    </Group>
  );
}

function End({ version: { end } }: { readonly version: SecretVersion }): ReactNode {
  if (end === null) return null;
  return (
    <Stack gap={0}>
      <Text component="div" size="sm" c="dimmed">
        {end.kind} <Time at={end.at} /> by <Author author={end.author} />
      </Text>
    </Stack>
  );
}
