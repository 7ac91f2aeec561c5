import { Table, Text } from "@mantine/core";
import { type PlatformHealth, showSize, type TableHealth } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { daysKept } from "./days-kept.ts";
import { Panel } from "../../parts/page/page.tsx";
import { showCount } from "../../parts/text/show-count.ts";

const shown = 12;

/** The largest tables of both databases, how fast they grow, and how long executions are kept. */
export function TableSizes({ tables }: Pick<PlatformHealth, "tables">): ReactNode {
  const client = useClient();
  const kept = useQuery({ queryKey: ["platform", "retention"], queryFn: async () => client.getRetention() });
  if (tables == null) return null;
  return (
    <Panel title="Tables">
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Table</Table.Th>
              <Table.Th>Rows</Table.Th>
              <Table.Th>Size</Table.Th>
              <Table.Th>Growth per day</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tables.slice(0, shown).map((table) => (
              <Table.Tr key={`${table.database} ${table.name}`}>
                <Table.Td>
                  {table.name}
                  {table.database === "keyring" ? " (keyring)" : ""}
                </Table.Td>
                <Table.Td>{showCount(table.rows)}</Table.Td>
                <Table.Td>{showSize(table.bytes)}</Table.Td>
                <Table.Td>{growthOf(table)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {kept.data === undefined ? null : (
        <Text size="sm" c="dimmed" mt="xs">
          {daysKept(kept.data)}
        </Text>
      )}
    </Panel>
  );
}

function growthOf({ bytesPerDay }: TableHealth): string {
  if (bytesPerDay === null) return "not measured yet";
  return bytesPerDay > 0 ? `+${showSize(bytesPerDay)}` : showSize(bytesPerDay);
}
