import { ActionIcon, Button, Checkbox, Group, Table, Text, Tooltip, UnstyledButton } from "@mantine/core";
import type { SecretInfo } from "@sealrun/protocol";
import { IconArrowBackUp, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode, RefCallback } from "react";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import type { RowPlace } from "../../../parts/page/window-rows.ts";
import { Time } from "../../../parts/time/time.tsx";
import type { RowActions } from "./row-actions.ts";
import { RowNotes } from "./row-notes.tsx";
import type { SecretRow } from "./secret-rows.ts";
import { Author, sourceWord } from "../details/secret-source.tsx";
import classes from "./secrets-table.module.css";

/** One row of a table of secrets. */
export function SecretLine(props: {
  readonly row: SecretRow;
  readonly isSelected: boolean;
  readonly isDeleting: boolean;
  readonly actions: RowActions;
  readonly place: RowPlace;
  readonly measure: RefCallback<HTMLElement>;
}): ReactNode {
  const { row, isSelected, isDeleting, actions, place, measure } = props;
  const { name } = row;
  return (
    <Table.Tr
      role="row"
      ref={measure}
      className={classes["row"]}
      data-deleting={isDeleting || undefined}
      data-index={place.index}
      aria-rowindex={place.index + 2}
    >
      <Table.Td role="cell" className={classes["check"]}>
        {row.kind === "own" && !isDeleting ? (
          <Checkbox
            size="xs"
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={(event) => actions.onSelect([name], event.currentTarget.checked)}
          />
        ) : null}
      </Table.Td>
      <Table.Td role="cell" className={classes["title"]}>
        <Group gap="xs">
          <UnstyledButton
            className={classes["name"]}
            data-secret={name}
            data-kind={row.kind}
            onClick={() => actions.onOpen(name)}
          >
            <ShownText text={name} />
          </UnstyledButton>
          <RowNotes row={row} />
        </Group>
      </Table.Td>
      {row.kind === "missing" ? <MissingCells by={row.by} /> : <InfoCells info={row.info} />}
      <Table.Td role="cell" className={classes["actions"]}>
        <LineActions row={row} isDeleting={isDeleting} actions={actions} />
      </Table.Td>
    </Table.Tr>
  );
}

function MissingCells({ by }: { readonly by: readonly string[] }): ReactNode {
  return (
    <Table.Td role="cell" colSpan={5}>
      <Text size="sm" c="dimmed">
        Asked for by <ShownText text={by.join(", ")} />; not set in any scope
      </Text>
    </Table.Td>
  );
}

function InfoCells({ info }: { readonly info: SecretInfo }): ReactNode {
  return (
    <>
      <Table.Td role="cell" data-label="Version">
        {info.version}
      </Table.Td>
      <Table.Td role="cell" data-label="Author">
        <Author author={info.author} />
      </Table.Td>
      <Table.Td role="cell" data-label="Source">
        {sourceWord(info.source)}
      </Table.Td>
      <Table.Td role="cell" data-label="Updated">
        <Time at={info.updatedAt} />
      </Table.Td>
      <Table.Td role="cell" data-label="Last read">
        <LastRead info={info} />
      </Table.Td>
    </>
  );
}

function LastRead({ info }: { readonly info: SecretInfo }): ReactNode {
  if (info.lastRead == null) {
    return (
      <Text span size="sm" c="dimmed">
        never read
      </Text>
    );
  }
  const { at, version } = info.lastRead;
  return (
    <span>
      <Time at={at} />, version {version}
    </span>
  );
}

function LineActions(props: {
  readonly row: SecretRow;
  readonly isDeleting: boolean;
  readonly actions: RowActions;
}): ReactNode {
  const { row, isDeleting, actions } = props;
  const { name } = row;
  if (isDeleting) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        aria-label={`Undo the delete of ${name}`}
        onClick={() => actions.onUndo(name)}
      >
        Undo
      </Button>
    );
  }
  if (row.kind !== "own") {
    return (
      <Button
        size="compact-sm"
        variant={row.kind === "missing" ? "light" : "subtle"}
        leftSection={<IconPlus size={14} aria-hidden />}
        aria-label={row.kind === "missing" ? `Add ${name}` : `Add here: ${name}`}
        onClick={() => actions.onSet(name)}
      >
        {row.kind === "missing" ? "Add" : "Add here"}
      </Button>
    );
  }
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Tooltip label="Replace">
        <ActionIcon variant="subtle" color="gray" aria-label={`Replace ${name}`} onClick={() => actions.onSet(name)}>
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Delete">
        <ActionIcon variant="subtle" color="red" aria-label={`Delete ${name}`} onClick={() => actions.onDelete([name])}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
