import { Badge, Checkbox, ScrollArea, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import type { PlannedName } from "./import-plan.ts";

/** The names in a file, which of them will be stored, and what each replaces. */
export function ImportNames(props: {
  readonly names: readonly PlannedName[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (names: readonly string[], isChosen: boolean) => void;
}): ReactNode {
  const { names, chosen, onChoose } = props;
  // An empty value is chosen by its own tick only.
  const all = names.flatMap(({ name, isEmpty }) => (isEmpty ? [] : [name]));
  return (
    <ScrollArea.Autosize mah="45dvh" type="auto" viewportProps={{ tabIndex: 0, role: "group", "aria-label": "Names" }}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label="Choose all"
                checked={all.length > 0 && all.every((name) => chosen.has(name))}
                indeterminate={chosen.size > 0 && !all.every((name) => chosen.has(name))}
                disabled={all.length === 0}
                onChange={(event) => onChoose(all, event.currentTarget.checked)}
              />
            </Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Change</Table.Th>
            <Table.Th visibleFrom="sm">Where</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map(({ name, place, replaces, isEmpty, warning }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Checkbox
                  size="xs"
                  aria-label={isEmpty ? `Store an empty value of ${name}` : `Choose ${name}`}
                  checked={chosen.has(name)}
                  onChange={(event) => onChoose([name], event.currentTarget.checked)}
                />
              </Table.Td>
              <Table.Td ff="monospace">
                <ShownText text={name} />
                <Text size="xs" ff="text" c="dimmed" hiddenFrom="sm">
                  <ShownText text={place} />
                </Text>
                {isEmpty ? <Warning text="Its value is empty. Tick it to store an empty value." /> : null}
                {warning === undefined ? null : <Warning text={warning} />}
              </Table.Td>
              <Table.Td>
                <Badge
                  variant="light"
                  tt="none"
                  fw={500}
                  miw="max-content"
                  color={replaces === null ? "green" : "orange"}
                >
                  {replaces === null ? "new" : `replaces version ${replaces}`}
                </Badge>
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <Text size="xs" c="dimmed">
                  <ShownText text={place} />
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

function Warning({ text }: { readonly text: string }): ReactNode {
  return (
    <Text size="xs" ff="text" c="var(--mantine-color-orange-light-color)">
      <ShownText text={text} />
    </Text>
  );
}
