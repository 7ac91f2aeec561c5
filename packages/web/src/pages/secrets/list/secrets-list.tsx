import { Button, CloseButton, CopyButton, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconCopy, IconSearch, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import type { RowActions } from "./row-actions.ts";
import { findRows, type SecretRow, sortRows, type Sorting } from "./secret-rows.ts";
import { SecretsTable } from "./secrets-table.tsx";
import { showCount } from "../../../parts/text/show-count.ts";

/** The table with its search field, and the actions for the selected names. */
export function SecretsList(props: {
  readonly placeName: string;
  readonly rows: readonly SecretRow[];
  readonly find: string;
  readonly onFind: (find: string) => void;
  readonly selected: ReadonlySet<string>;
  readonly deleting: ReadonlySet<string>;
  readonly actions: RowActions;
  /** Whether archived packages that override a name are shown; undefined where no package does. */
  readonly archived: { readonly isShown: boolean; readonly onShow: (isShown: boolean) => void } | undefined;
}): ReactNode {
  const { rows, find, selected, deleting, actions, archived } = props;
  const [sorting, setSorting] = useState<Sorting>({ field: "name", isDescending: false });
  const [isWiderShown, setIsWiderShown] = useState(true);
  const wider = rows.filter(({ kind }) => kind === "wider").length;
  const shown = sortRows(
    findRows(rows, find).filter(({ kind }) => isWiderShown || kind !== "wider"),
    sorting,
  );
  const chosen = rows.flatMap((row) => (row.kind === "own" && selected.has(row.name) ? [row.name] : []));
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Search find={find} onFind={props.onFind} />
        {wider === 0 ? null : (
          <Switch
            size="sm"
            label={`Show ${wider} from wider scopes`}
            checked={isWiderShown}
            onChange={(event) => setIsWiderShown(event.currentTarget.checked)}
          />
        )}
      </Group>
      {archived === undefined ? null : (
        <Switch
          size="sm"
          label="Show archived packages that override a name"
          description="They are left out otherwise"
          checked={archived.isShown}
          onChange={(event) => archived.onShow(event.currentTarget.checked)}
        />
      )}
      {chosen.length === 0 ? null : <Selection names={chosen} actions={actions} />}
      <Missing rows={rows} />
      {shown.length === 0 ? (
        <Text c="dimmed" size="sm" role="status">
          No name or author contains <ShownText text={find} />.
        </Text>
      ) : (
        <SecretsTable
          placeName={props.placeName}
          rows={shown}
          selected={selected}
          deleting={deleting}
          sorting={sorting}
          onSort={setSorting}
          actions={actions}
        />
      )}
    </Stack>
  );
}

function Search(props: { readonly find: string; readonly onFind: (find: string) => void }): ReactNode {
  const { find, onFind } = props;
  const [typed, setTyped] = useState(find);
  const [seen, setSeen] = useState(find);
  const [isFocused, setIsFocused] = useState(false);
  if (seen !== find) {
    setSeen(find);
    // While the field has the focus, the address only follows what is typed; otherwise a link has changed it.
    if (!isFocused) setTyped(find);
  }
  const change = (text: string): void => {
    setTyped(text);
    onFind(text);
  };
  return (
    <TextInput
      data-secrets-search
      type="search"
      aria-label="Search names and authors"
      placeholder="Search names and authors ( / )"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed === "" ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => change("")} />
      }
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      onFocus={() => setIsFocused(true)}
      onBlur={() => setIsFocused(false)}
      onKeyDown={(event) => {
        if (event.key === "Escape") change("");
      }}
      autoComplete="off"
      spellCheck={false}
      flex="1 1 220px"
      maw={420}
    />
  );
}

function Selection(props: { readonly names: readonly string[]; readonly actions: RowActions }): ReactNode {
  const { names, actions } = props;
  return (
    <Group gap="xs" role="group" aria-label="Selected names">
      <Text size="sm" fw={500} role="status">
        {showCount(names.length)} selected
      </Text>
      <CopyButton value={names.join("\n")}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" leftSection={<IconCopy size={14} aria-hidden />} onClick={copy}>
            {copied ? "Copied" : "Copy names"}
          </Button>
        )}
      </CopyButton>
      <Button
        size="xs"
        variant="light"
        color="red"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => actions.onDelete(names)}
      >
        Delete {showCount(names.length)}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={() => actions.onSelect(names, false)}>
        Clear selection
      </Button>
    </Group>
  );
}

function Missing({ rows }: { readonly rows: readonly SecretRow[] }): ReactNode {
  const missing = rows.filter(({ kind }) => kind === "missing").length;
  if (missing === 0) return null;
  return (
    <Text size="sm" c="var(--mantine-color-orange-light-color)" role="status">
      {missing === 1 ? "1 name that the manifest asks for is" : `${missing} names that the manifest asks for are`} not
      set in any scope: a script that reads it gets null.
    </Text>
  );
}
