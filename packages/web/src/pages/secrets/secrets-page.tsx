import { ActionIcon, Button, Tooltip } from "@mantine/core";
import type { SecretPlace } from "@sealrun/client";
import { IconFileImport, IconKeyboard, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { DropNotice } from "../../parts/page/drop-notice.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { FirstSecret } from "./list/first-secret.tsx";
import { placeKey } from "./place.ts";
import { type Dialog, SecretsDialogs } from "./secrets-dialogs.tsx";
import type { KeyAction } from "./secrets-keys.ts";
import type { SecretsSearch } from "./search.ts";
import { SecretsList } from "./list/secrets-list.tsx";
import { useFileDrop } from "./import/use-file-drop.ts";
import { usePendingDeletes } from "./delete/use-pending-deletes.tsx";
import { useSecretRows } from "./list/use-secret-rows.ts";
import { useSecretsKeys } from "./use-secrets-keys.ts";

/** The secrets of one place: the list, and every action on it. */
export function SecretsPage(props: {
  readonly title: string;
  readonly lead: ReactNode;
  readonly place: SecretPlace;
  readonly search: SecretsSearch;
  readonly onSearch: (change: SecretsSearch) => void;
}): ReactNode {
  const { title, lead, place, search, onSearch } = props;
  const [archived, setArchived] = useState(false);
  const { rows, own, error, retry } = useSecretRows(place, { archived });
  const [dialog, setDialog] = useState<Dialog>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const deletes = usePendingDeletes(place);
  const isOver = useFileDrop((file) => {
    // A dropped file must not close the form with what was typed in it.
    if (search.add === undefined) setDialog({ kind: "import", file });
  });

  const set = (name: string): void => onSearch({ add: name, open: undefined });
  const remove = (names: readonly string[]): void => {
    const secrets = own.filter(({ name }) => names.includes(name) && !deletes.deleting.has(name));
    if (secrets.length > 0) setDialog({ kind: "delete", secrets });
  };
  const select = (names: readonly string[], isSelected: boolean): void => {
    const next = new Set(selected);
    for (const name of names) {
      if (isSelected) next.add(name);
      else next.delete(name);
    }
    setSelected(next);
  };
  useSecretsKeys((action, name) => {
    const act: Partial<Record<KeyAction, () => void>> = {
      add: () => set(""),
      import: () => setDialog({ kind: "import", file: undefined }),
      help: () => setDialog({ kind: "keys" }),
      undo: () => deletes.undo(),
      replace: () => set(name ?? ""),
      delete: () => remove(selected.size > 0 ? [...selected] : name === undefined ? [] : [name]),
      select: () =>
        name === undefined || !own.some((info) => info.name === name) ? undefined : select([name], !selected.has(name)),
    };
    act[action]?.();
  });

  const actions = {
    onOpen: (name: string) => onSearch({ open: name }),
    onSet: set,
    onDelete: remove,
    onUndo: deletes.undo,
    onSelect: select,
  };
  return (
    <Page title={title} lead={lead} actions={<Actions onAdd={() => set("")} onDialog={setDialog} />}>
      {error === null ? null : <Problem error={error} onRetry={retry} />}
      {rows === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : rows.length === 0 ? (
        <FirstSecret place={place} onAdd={() => set("")} />
      ) : (
        <SecretsList
          placeName={placeKey(place).join("/")}
          rows={rows}
          find={search.find ?? ""}
          onFind={(find) => onSearch({ find: find === "" ? undefined : find })}
          selected={selected}
          deleting={deletes.deleting}
          actions={actions}
          archived={place.scope === "project" ? { isShown: archived, onShow: setArchived } : undefined}
        />
      )}
      {isOver ? <DropNotice text="Drop a .env or .json file to import its secrets" /> : null}
      <SecretsDialogs
        place={place}
        own={own}
        rows={rows ?? []}
        search={search}
        onSearch={onSearch}
        dialog={dialog}
        onDialog={setDialog}
        onDelete={(secrets) => {
          deletes.remove(secrets);
          setSelected(new Set());
        }}
      />
    </Page>
  );
}

function Actions(props: { readonly onAdd: () => void; readonly onDialog: (dialog: Dialog) => void }): ReactNode {
  return (
    <>
      <Tooltip label="Keyboard shortcuts (?)">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Keyboard shortcuts"
          visibleFrom="sm"
          onClick={() => props.onDialog({ kind: "keys" })}
        >
          <IconKeyboard size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Button
        variant="default"
        leftSection={<IconFileImport size={16} aria-hidden />}
        onClick={() => props.onDialog({ kind: "import", file: undefined })}
      >
        Import
      </Button>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={props.onAdd}>
        Add a secret
      </Button>
    </>
  );
}
