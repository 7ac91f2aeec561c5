import { countOf } from "@sealrun/protocol";
import { Badge, Checkbox, Group, Paper, ScrollArea, Stack, Table, Text, ThemeIcon, Title } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import classes from "./secrets-plan.module.css";
import type { PlannedSecret } from "./secret-plan.ts";

/** Says what is sealed here, and what happens to each name in secrets.json. */
export function SecretsPlan(props: {
  readonly planned: readonly PlannedSecret[];
  readonly kept: readonly string[];
  readonly isOverwriting: boolean;
  readonly onOverwrite: (isOverwriting: boolean) => void;
}): ReactNode {
  const { planned, kept } = props;
  const changed = planned.filter(({ kind }) => kind === "changed");
  if (planned.length === 0 && kept.length === 0) return null;
  if (planned.length === 0) return <Kept kept={kept} />;
  return (
    <Paper withBorder p="md" className={classes["sealed"]} component="section" aria-label="Secrets">
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap">
          <ThemeIcon variant="light" size="lg">
            <IconLock size={20} aria-hidden />
          </ThemeIcon>
          <Title order={2}>
            {countOf(planned.length, "secret")} will be sealed in this browser; secrets.json is not sent
          </Title>
        </Group>
        <Text size="sm">
          The values never leave this browser unencrypted, and are deleted from it after the upload. Only names are
          shown.
        </Text>
        <ScrollArea.Autosize mah={320} viewportProps={{ tabIndex: 0, "aria-label": "Secrets to seal" }}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>What happens</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {planned.map((secret) => (
                <Table.Tr key={secret.name}>
                  <Table.Td ff="monospace">
                    <ShownText text={secret.name} />
                  </Table.Td>
                  <Table.Td>
                    <Outcome secret={secret} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
        {changed.length === 0 ? null : (
          <Checkbox
            checked={props.isOverwriting}
            onChange={({ currentTarget }) => props.onOverwrite(currentTarget.checked)}
            label={`Overwrite ${changed.map(({ name }) => name).join(", ")}`}
            description="It was changed on the platform since the last upload. Tick to replace it with the value in your secrets.json, or remove it from the file."
          />
        )}
        <Kept kept={kept} />
      </Stack>
    </Paper>
  );
}

function Kept({ kept }: { readonly kept: readonly string[] }): ReactNode {
  if (kept.length === 0) return null;
  return (
    <Text size="sm">
      {countOf(kept.length, "secret")} of this package {kept.length === 1 ? "stays" : "stay"} unchanged:{" "}
      <ShownText text={kept.join(", ")} />
    </Text>
  );
}

function Outcome({ secret }: { readonly secret: PlannedSecret }): ReactNode {
  switch (secret.kind) {
    case "new":
      return (
        <Badge color="green" variant="light" tt="none">
          new
        </Badge>
      );
    case "replaces":
      return (
        <Badge color="blue" variant="light" tt="none">
          replaces version {secret.version}
        </Badge>
      );
    case "changed":
      return (
        <Text size="sm" component="span">
          <Badge color="orange" variant="light" tt="none" mr={6}>
            changed on the platform
          </Badge>
          version {secret.version} by <ShownText text={secret.author ?? ""} />
          {secret.changedAt === undefined ? null : (
            <>
              {" "}
              <Time at={secret.changedAt} />
            </>
          )}
        </Text>
      );
    case "unknown":
      return (
        <Text size="sm" c="dimmed" component="span">
          asking the platform
        </Text>
      );
  }
}
