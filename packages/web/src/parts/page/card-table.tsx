import { Table, VisuallyHidden } from "@mantine/core";
import type { KeyboardEvent, ReactNode, RefCallback } from "react";
import type { RowPlace } from "./window-rows.ts";
import classes from "./card-table.module.css";

/** A table whose rows are cards in a narrow window. Arrow keys move from the link of one row to that of the next. */
export function CardTable(props: {
  readonly label: string;
  readonly columns: readonly string[];
  /** Names the last column, which has buttons, only for screen readers. */
  readonly actions?: string;
  /** The number of rows, also of those that are not drawn; without it, all are. */
  readonly rowCount?: number;
  /** Goes on the body of a table that draws only rows near the window. */
  readonly holder?: RefCallback<HTMLElement>;
  readonly children: ReactNode;
}): ReactNode {
  const { rowCount, holder } = props;
  return (
    <Table
      className={classes["table"]}
      role="table"
      aria-label={props.label}
      aria-rowcount={rowCount === undefined ? undefined : rowCount + 1}
      highlightOnHover
      onKeyDown={moveByArrow}
    >
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          {props.columns.map((column) => (
            <Table.Th key={column} role="columnheader">
              {column}
            </Table.Th>
          ))}
          {props.actions === undefined ? null : (
            <Table.Th role="columnheader">
              <VisuallyHidden>{props.actions}</VisuallyHidden>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup" ref={holder}>
        {props.children}
      </Table.Tbody>
    </Table>
  );
}

/** A row of a `CardTable`; one of its cells is the title. */
export function CardRow(props: {
  readonly place?: RowPlace;
  readonly measure?: RefCallback<HTMLElement>;
  readonly children: ReactNode;
}): ReactNode {
  const { place, measure, children } = props;
  return (
    <Table.Tr
      role="row"
      ref={measure}
      className={classes["row"]}
      data-index={place?.index}
      aria-rowindex={place === undefined ? undefined : place.index + 2}
    >
      {children}
    </Table.Tr>
  );
}

/** Stands in a table for rows that are not drawn. */
export function RowSpace({ height }: { readonly height: number }): ReactNode {
  return (
    <tr aria-hidden className={classes["space"]}>
      <td aria-hidden style={{ height }} />
    </tr>
  );
}

/** A cell. Where the row is a card, `label` stands before it; `title` and `end` share the card's first line. */
export function CardCell(props: {
  readonly label?: string | undefined;
  readonly place?: "title" | "end";
  readonly children?: ReactNode;
}): ReactNode {
  const { label, place, children } = props;
  return (
    <Table.Td role="cell" data-label={label} className={place === undefined ? undefined : classes[place]}>
      {children}
    </Table.Td>
  );
}

function moveByArrow(event: KeyboardEvent<HTMLTableElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(`.${classes["title"] ?? ""} a`)];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
