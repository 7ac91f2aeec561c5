import { ActionIcon, Card, CopyButton, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import classes from "./how-to-run.module.css";
import type { PackageAddress } from "./use-package.ts";

/** Commands that run a package from a terminal or over HTTP. Neither contains a token. */
export function HowToRun(props: { readonly address: PackageAddress; readonly hasParameters: boolean }): ReactNode {
  const { project, package: name } = props.address;
  const path = [project, "packages", name].map(encodeURIComponent).join("/");
  const url = `${globalThis.location.origin}/api/v1/projects/${path}/executions`;
  const commands = [
    {
      label: "On the command line",
      text: `sealrun run ${project}/${name} ${props.hasParameters ? "-p name=value " : ""}--wait`,
    },
    {
      label: "Over HTTP",
      text: `curl -X POST ${url} \\\n  -H "Authorization: Bearer $SEALRUN_TOKEN" \\\n  -H "Content-Type: application/json" -d '{}'`,
    },
  ];
  return (
    <Card withBorder>
      <Title order={2} mb="xs">
        Run it from a terminal or over HTTP
      </Title>
      <Stack gap="sm">
        {commands.map(({ label, text }) => (
          <Command key={label} label={label} text={text} />
        ))}
      </Stack>
    </Card>
  );
}

function Command({ label, text }: { readonly label: string; readonly text: string }): ReactNode {
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <pre className={classes["command"]} tabIndex={0} aria-label={label}>
          <ShownText text={text} />
        </pre>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? "Copied" : "Copy"}>
              <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={`Copy: ${label}`}>
                {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
