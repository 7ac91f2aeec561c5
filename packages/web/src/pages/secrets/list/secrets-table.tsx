import { Button, Checkbox, Group, Stack, Table, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { RowActions } from "./row-actions.ts";
import { SecretLine } from "./secret-line.tsx";
import type { SecretRow, SortField, Sorting } from "./secret-rows.ts";
import classes from "./secrets-table.module.css";

/** Rows drawn at first and added by each "Show more": a place may have thousands. */
const pageOfRows = 200;

const columns: readonly { readonly field: SortField; readonly label: string }[] = [
  { field: "name", label: "Name" },
  { field: "version", label: "Version" },
  { field: "author", label: "Author" },
  { field: "source", label: "Source" },
  { field: "updated", label: "Updated" },
  { field: "lastRead", label: "Last read" },
];

/** Names with their authors and last reads, never a value. Rows are cards on narrow screens. */
export function SecretsTable(props: {
  readonly rows: readonly SecretRow[];
  readonly selected: ReadonlySet<string>;
  /** Names that are about to be deleted. */
  readonly deleting: ReadonlySet<string>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly actions: RowActions;
}): ReactNode {
  const { rows, selected, deleting, sorting, onSort, actions } = props;
  const [shown, setShown] = useState(pageOfRows);
  const own = rows.flatMap((row) => (row.kind === "own" && !deleting.has(row.name) ? [row.name] : []));
  const isAll = own.length > 0 && own.every((name) => selected.has(name));
  return (
    <Stack gap="xs">
      <Table role="table" className={classes["table"]} aria-label="Secrets" verticalSpacing="xs" highlightOnHover>
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            <Table.Th role="columnheader" className={classes["check"]}>
              <Checkbox
                size="xs"
                aria-label="Select all"
                checked={isAll}
                indeterminate={!isAll && own.some((name) => selected.has(name))}
                disabled={own.length === 0}
                onChange={(event) => actions.onSelect(own, event.currentTarget.checked)}
              />
            </Table.Th>
            {columns.map(({ field, label }) => (
              <SortHeader key={field} field={field} label={label} sorting={sorting} onSort={onSort} />
            ))}
            <Table.Th role="columnheader">
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {rows.slice(0, shown).map((row) => (
            <SecretLine
              key={`${row.kind} ${row.name}`}
              row={row}
              isSelected={selected.has(row.name)}
              isDeleting={deleting.has(row.name)}
              actions={actions}
            />
          ))}
        </Table.Tbody>
      </Table>
      {rows.length <= shown ? null : (
        <Group justify="center">
          <Text size="sm" c="dimmed">
            Showing {shown} of {rows.length}
          </Text>
          <Button variant="default" size="xs" onClick={() => setShown(shown + pageOfRows)}>
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function SortHeader(props: {
  readonly field: SortField;
  readonly label: string;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}): ReactNode {
  const { field, label, sorting, onSort } = props;
  const isActive = sorting.field === field;
  const Arrow = sorting.isDescending ? IconArrowDown : IconArrowUp;
  const order = sorting.isDescending ? "descending" : "ascending";
  return (
    <Table.Th role="columnheader" aria-sort={isActive ? order : "none"}>
      <UnstyledButton
        fz="sm"
        fw={600}
        onClick={() => onSort({ field, isDescending: isActive && !sorting.isDescending })}
      >
        <Group gap={4} wrap="nowrap">
          {label}
          {isActive ? <Arrow size={14} aria-hidden /> : null}
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}
