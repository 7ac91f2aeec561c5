import { Card, Group, Stack, Text, Title } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { StatusBadge } from "../../parts/page/status-badge.tsx";
import { Time } from "../../parts/time/time.tsx";
import { HealthStrip } from "../home/health-strip.tsx";
import type { PackageAddress } from "./use-package.ts";

/** How the last runs of a package went. */
export function RunsCard(props: {
  readonly address: PackageAddress;
  readonly overview: PackageOverview | undefined;
}): ReactNode {
  const { address, overview } = props;
  const last = overview?.lastRun ?? null;
  return (
    <Card withBorder>
      <Title order={2} mb="xs">
        Last runs
      </Title>
      {overview === undefined || last === null ? (
        <Text size="sm" c="dimmed">
          It has not run yet.
        </Text>
      ) : (
        <Stack gap="sm">
          <HealthStrip name={overview.name} recent={overview.recent} />
          <Group gap="xs">
            <StatusBadge status={last.status} />
            <LinkAnchor size="sm" to="/executions/$execution" params={{ execution: last.id }}>
              <Time at={last.createdAt} />
            </LinkAnchor>
          </Group>
          <LinkAnchor size="sm" to="/executions" search={address}>
            All executions
          </LinkAnchor>
        </Stack>
      )}
    </Card>
  );
}
