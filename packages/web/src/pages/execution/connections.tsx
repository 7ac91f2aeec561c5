import { Paper, Stack, Table, Text } from "@mantine/core";
import { type ConnectionRow, showSize } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";

/** What the scripts of a package with named hosts were connected to; nothing for other packages. */
export function Connections({ rows }: { readonly rows: readonly ConnectionRow[] }): ReactNode {
  if (rows.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        Connections to the hosts that the package names
      </Text>
      <Paper withBorder p="xs">
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="xs" aria-label="Connections">
            <Table.Thead>
              <Table.Tr>
                <Table.Th miw={140}>Host</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th>Connections</Table.Th>
                <Table.Th>Sent</Table.Th>
                <Table.Th>Received</Table.Th>
                <Table.Th>Step</Table.Th>
                <Table.Th>When</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row, index) => (
                <Table.Tr key={index}>
                  <Table.Td ff="monospace">
                    <ShownText text={`${row.host}:${row.port}`} />
                  </Table.Td>
                  <Table.Td>
                    <ShownText text={describeOutcome(row)} />
                  </Table.Td>
                  <Table.Td>{row.connections}</Table.Td>
                  <Table.Td>{showSize(row.sentBytes)}</Table.Td>
                  <Table.Td>{showSize(row.receivedBytes)}</Table.Td>
                  <Table.Td ff="monospace">
                    <ShownText text={row.step} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={row.time} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </Stack>
  );
}

function describeOutcome({ outcome, address, reason }: ConnectionRow): string {
  return outcome === "connected"
    ? `connected, at ${address ?? "further addresses"}`
    : `${outcome}: ${reason ?? "for several reasons"}`;
}
