import { Badge, Group, Paper, Stack, Table, Text } from "@mantine/core";
import type { ExecutionInfo, JsonValue } from "@sealrun/protocol";
import { IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../../parts/page/empty.tsx";
import { JsonTree } from "../../parts/json/json-tree.tsx";
import { LineText } from "../../parts/log/line-text.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";

/** The parameters of an execution: values of visible ones, names of sealed ones. */
export function ParametersPanel({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { visible, sealedNames } = execution.parameters;
  const shown = Object.entries(visible);
  if (shown.length + sealedNames.length === 0) {
    return (
      <Empty icon={<IconLock aria-hidden />} title="It ran without parameters">
        A package asks for parameters with a <code>parameters.json</code>; see the guide{" "}
        <a href="/guides/packages#parametersjson">Packages</a>.
      </Empty>
    );
  }
  return (
    <Paper withBorder p="xs">
      <Table.ScrollContainer minWidth={320}>
        <Table verticalSpacing="xs" aria-label="Parameters">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="30%">Name</Table.Th>
              <Table.Th>Value</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Td ff="monospace">
                  <ShownText text={name} />
                </Table.Td>
                <Table.Td>
                  <ShownValue name={name} value={value} />
                </Table.Td>
              </Table.Tr>
            ))}
            {sealedNames.map((name) => (
              <Table.Tr key={name}>
                <Table.Td ff="monospace">
                  <ShownText text={name} />
                </Table.Td>
                <Table.Td>
                  <Group gap="xs">
                    <Badge variant="default" tt="none" fw={500} leftSection={<IconLock size={12} aria-hidden />}>
                      sealed
                    </Badge>
                    <Text size="xs" c="dimmed">
                      only the run can open it
                    </Text>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function ShownValue({ name, value }: { readonly name: string; readonly value: JsonValue }): ReactNode {
  if (typeof value === "object" && value !== null) return <JsonTree value={value} label={`Value of ${name}`} isSmall />;
  return (
    <Stack gap={0} ff="monospace" fz={13} style={{ whiteSpace: "pre-wrap" }}>
      <span>
        <LineText text={typeof value === "string" ? value : JSON.stringify(value)} />
      </span>
    </Stack>
  );
}
