import { Checkbox, Group, Table, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { RowSpace } from "../../../parts/page/card-table.tsx";
import { useWindowRows } from "../../../parts/page/window-rows.ts";
import type { RowActions } from "./row-actions.ts";
import { SecretLine } from "./secret-line.tsx";
import type { SecretRow, SortField, Sorting } from "./secret-rows.ts";
import classes from "./secrets-table.module.css";

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
  readonly placeName: string;
  readonly rows: readonly SecretRow[];
  readonly selected: ReadonlySet<string>;
  /** Names that are about to be deleted. */
  readonly deleting: ReadonlySet<string>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly actions: RowActions;
}): ReactNode {
  const { placeName, rows, selected, deleting, sorting, onSort, actions } = props;
  const keyOf = (index: number): string => `${rows[index]?.kind ?? ""} ${rows[index]?.name ?? index}`;
  const { holder, parts, measure } = useWindowRows({
    name: `secrets of ${placeName}`,
    count: rows.length,
    estimatePx: 47,
    keyOf,
  });
  const own = rows.flatMap((row) => (row.kind === "own" && !deleting.has(row.name) ? [row.name] : []));
  const isAll = own.length > 0 && own.every((name) => selected.has(name));
  return (
    <Table
      role="table"
      className={classes["table"]}
      aria-label="Secrets"
      aria-rowcount={rows.length + 1}
      verticalSpacing="xs"
      highlightOnHover
    >
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
      <Table.Tbody role="rowgroup" ref={holder}>
        {parts.map((part) => {
          if (part.kind === "space") return <RowSpace key={`space ${part.before}`} height={part.height} />;
          const row = rows[part.index];
          if (row === undefined) return null;
          return (
            <SecretLine
              key={keyOf(part.index)}
              row={row}
              isSelected={selected.has(row.name)}
              isDeleting={deleting.has(row.name)}
              actions={actions}
              place={{ index: part.index, count: rows.length }}
              measure={measure}
            />
          );
        })}
      </Table.Tbody>
    </Table>
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
