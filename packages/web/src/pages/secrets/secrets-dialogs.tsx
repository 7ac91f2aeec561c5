import type { SecretPlace } from "@sealrun/client";
import type { SecretInfo } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { DeleteSecrets } from "./delete/delete-secrets.tsx";
import { ImportSecrets } from "./import/import-secrets.tsx";
import { KeysHelp } from "./keys-help.tsx";
import { SecretDetails } from "./details/secret-details.tsx";
import type { SecretRow } from "./list/secret-rows.ts";
import type { SecretsSearch } from "./search.ts";
import { SetSecret } from "./set/set-secret.tsx";
import { useFocusBack } from "./use-focus-back.ts";

/** A dialog that the address does not name. */
export type Dialog =
  | { readonly kind: "import"; readonly file: File | undefined }
  | { readonly kind: "delete"; readonly secrets: readonly SecretInfo[] }
  | { readonly kind: "keys" };

/** The open dialog of a secrets page. A list that loads again behind it does not change what was typed. */
export function SecretsDialogs(props: {
  readonly place: SecretPlace;
  readonly own: readonly SecretInfo[];
  readonly rows: readonly SecretRow[];
  readonly search: SecretsSearch;
  readonly onSearch: (change: SecretsSearch) => void;
  readonly dialog: Dialog | undefined;
  readonly onDialog: (dialog: Dialog | undefined) => void;
  readonly onDelete: (secrets: readonly SecretInfo[]) => void;
}): ReactNode {
  const { place, own, search, onSearch, dialog, onDialog } = props;
  const close = (): void => onDialog(undefined);
  const opened = search.open;
  useFocusBack(dialog !== undefined || search.add !== undefined || opened !== undefined);
  if (dialog?.kind === "keys") return <KeysHelp onClose={close} />;
  if (dialog?.kind === "import") return <ImportSecrets place={place} own={own} file={dialog.file} onClose={close} />;
  if (dialog?.kind === "delete") {
    const { secrets } = dialog;
    return <DeleteSecrets place={place} secrets={secrets} onClose={close} onYes={() => props.onDelete(secrets)} />;
  }
  if (search.add !== undefined) {
    return (
      <SetSecret
        key={search.add}
        places={[place]}
        isInAddress
        name={search.add}
        own={own}
        known={props.rows.map(({ name }) => name)}
        onClose={() => onSearch({ add: undefined })}
      />
    );
  }
  if (opened === undefined) return null;
  return (
    <SecretDetails
      place={place}
      name={opened}
      isOwn={own.some(({ name }) => name === opened)}
      onClose={() => onSearch({ open: undefined })}
      onSet={() => onSearch({ open: undefined, add: opened })}
      onDelete={() => {
        onSearch({ open: undefined });
        onDialog({ kind: "delete", secrets: own.filter(({ name }) => name === opened) });
      }}
    />
  );
}
