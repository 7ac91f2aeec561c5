import { Anchor, Badge, Card, Grid, Group, Stack, Table, Text, Title } from "@mantine/core";
import { manifestSchema, type Manifest, planSteps, type Step, type VersionInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { overviewQuery } from "../home/overview-query.ts";
import { HowToRun } from "./how-to-run.tsx";
import { MissingNames } from "./missing-names.tsx";
import { RunsCard } from "./runs-card.tsx";
import { scheduleText, spanText } from "./schedule-text.ts";
import type { PackageAddress } from "./use-package.ts";

/** A package's overview: its description, steps, automatic starts, last runs and missing secrets. */
export function Overview(props: { readonly address: PackageAddress; readonly version: VersionInfo }): ReactNode {
  const { address, version } = props;
  const client = useClient();
  const { data } = useQuery(overviewQuery(client, address.project));
  const overview = data?.packages.find(({ name }) => name.toLowerCase() === address.package.toLowerCase());
  // A newer platform's manifest may have fields that this page does not know.
  const manifest = manifestSchema.safeParse(version.manifest).data ?? {};
  return (
    <Stack>
      {overview === undefined ? null : <MissingNames address={address} missing={overview.missing} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <About manifest={manifest} />
            <StepsCard address={address} version={version} manifest={manifest} />
            <HowToRun address={address} hasParameters={version.parameters !== null} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            {/* The list leaves out an archived package. */}
            {data !== undefined && overview === undefined ? null : <RunsCard address={address} overview={overview} />}
            <StartsCard manifest={manifest} nextAt={overview?.nextAt ?? null} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function About({ manifest }: { readonly manifest: Manifest }): ReactNode {
  const { description, tags = [], version, author } = manifest;
  const written = [
    ...(version === undefined ? [] : [`release ${version}`]),
    ...(author === undefined ? [] : [`by ${author}`]),
  ].join(", ");
  if (description === undefined && tags.length === 0 && written === "") return null;
  return (
    <Stack gap="xs">
      {description === undefined ? null : (
        <Text>
          <ShownText text={description} />
        </Text>
      )}
      {written === "" ? null : (
        <Text size="sm" c="dimmed">
          <ShownText text={`The manifest says ${written}`} />
        </Text>
      )}
      {tags.length === 0 ? null : (
        <Group gap={6}>
          {tags.map((tag, index) => (
            <Badge key={index} variant="default" tt="none" fw={500}>
              <ShownText text={tag} />
            </Badge>
          ))}
        </Group>
      )}
    </Stack>
  );
}

interface StepsProps {
  readonly address: PackageAddress;
  readonly version: VersionInfo;
  readonly manifest: Manifest;
}

function StepsCard({ address, version, manifest }: StepsProps): ReactNode {
  const steps = planSteps(
    manifest,
    version.files.map(({ path }) => path),
  );
  return (
    <Card withBorder>
      <Title order={2} mb="xs">
        Steps
      </Title>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {steps.map((step, index) => (
            <Table.Tr key={step.name}>
              <Table.Td w={32} c="dimmed">
                {index + 1}
              </Table.Td>
              <Table.Td>
                <StepText address={address} step={step} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function StepText({ address, step }: { readonly address: PackageAddress; readonly step: Step }): ReactNode {
  const { name, script, secrets, timeoutMs, retry } = step;
  const facts = [
    ...(name === script ? [] : [`named ${name}`]),
    ...(timeoutMs === undefined ? [] : [`times out after ${spanText(timeoutMs)}`]),
    ...(retry === undefined ? [] : [`up to ${retry.attempts} attempts`]),
  ];
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <LinkAnchor
          ff="monospace"
          fz="sm"
          to="/projects/$project/packages/$package"
          params={address}
          search={{ tab: "files", file: script }}
        >
          <ShownText text={script} />
        </LinkAnchor>
        <Text size="sm" c="dimmed">
          <ShownText text={facts.join(", ")} />
        </Text>
      </Group>
      {secrets === undefined ? null : (
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {secrets.length === 0 ? "may read no secret" : "may read"}
          </Text>
          {secrets.map((secret) => (
            <Badge key={secret} size="sm" variant="light" color="gray" tt="none" ff="monospace" fw={500}>
              <ShownText text={secret} />
            </Badge>
          ))}
        </Group>
      )}
    </Stack>
  );
}

function StartsCard({ manifest, nextAt }: { readonly manifest: Manifest; readonly nextAt: string | null }): ReactNode {
  const starts = scheduleText(manifest);
  const isPaused = manifest.active === false;
  return (
    <Card withBorder>
      <Title order={2} mb="xs">
        Triggers
      </Title>
      <Text size="sm" c={starts === undefined ? "dimmed" : undefined}>
        {starts === undefined ? "None: the manifest has no schedule and no events." : <ShownText text={starts} />}
      </Text>
      {isPaused ? (
        <Text size="sm">Paused: the manifest says &quot;active&quot;: false.</Text>
      ) : nextAt === null ? null : (
        <Text size="sm">
          Next <Time at={nextAt} />
        </Text>
      )}
      <Anchor size="sm" mt="xs" href="/guides/events-and-schedules" target="_blank" rel="noopener">
        Events and schedules
      </Anchor>
    </Card>
  );
}
