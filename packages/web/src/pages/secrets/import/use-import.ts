import type { SecretPlace } from "@sealrun/client";
import { notifications } from "@mantine/notifications";
import type { SecretInfo } from "@sealrun/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";
import {
  chosenValues,
  decodePrefixed,
  type ImportedFile,
  importWords,
  keepPlain,
  type ImportPlan,
  planImport,
  readImport,
  usualPrefix,
} from "./import-plan.ts";

interface Shown {
  readonly name: string;
  readonly plan: ImportPlan;
  /** True when some names have the usual prefix. */
  readonly mayDecode: boolean;
}

/** A file to import into a place. Its values exist only in a ref and are dropped with the dialog. */
export function useImport(place: SecretPlace, own: readonly SecretInfo[], onDone: () => void) {
  const client = useClient();
  const queries = useQueryClient();
  const imported = useRef<ImportedFile>(undefined);
  const [shown, setShown] = useState<Shown>();
  const [isDecoded, setIsDecoded] = useState(false);
  const [unchosen, setUnchosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () => () => {
      imported.current = undefined;
    },
    [],
  );

  const show = (isDecoding: boolean): void => {
    const file = imported.current;
    if (file === undefined) return;
    setIsDecoded(isDecoding);
    const plan = planImport(isDecoding ? decodePrefixed(file) : keepPlain(file), own);
    setUnchosen(new Set(plan.names.flatMap(({ name, isEmpty }) => (isEmpty ? [name] : []))));
    setShown({
      name: file.name,
      plan,
      mayDecode: file.secrets.some(({ name }) => name.startsWith(usualPrefix)),
    });
  };
  const read = useMutation({
    gcTime: 0,
    mutationFn: async (file: File) => {
      imported.current = undefined;
      setShown(undefined);
      imported.current = await readImport(file);
      show(false);
    },
  });
  // The version that a name replaces may have changed since the file was read.
  const versions = new Map(own.map(({ name, version }) => [name, version]));
  const names = (shown?.plan.names ?? []).map((planned) => ({
    ...planned,
    replaces: versions.get(planned.name) ?? null,
  }));
  const chosen = new Set(names.flatMap(({ name }) => (unchosen.has(name) ? [] : [name])));
  const save = useMutation({
    mutationFn: async () => {
      const file = imported.current;
      if (file === undefined) return [];
      const { secrets } = isDecoded ? decodePrefixed(file) : keepPlain(file);
      // An empty value is among the chosen ones only when its own box was ticked.
      return client.setSecrets(place, chosenValues(secrets, chosen), "import", { allowEmpty: true });
    },
    onSuccess: async (stored) => {
      imported.current = undefined;
      onDone();
      const replaced = stored.filter(({ version }) => version > 1).length;
      notifications.show({ message: importWords(stored.length, replaced), color: "green" });
      await queries.invalidateQueries({ queryKey: topicKey("secrets") });
    },
  });
  const choose = (some: readonly string[], isChosen: boolean): void => {
    const next = new Set(unchosen);
    for (const name of some)
      if (isChosen) next.delete(name);
      else next.add(name);
    setUnchosen(next);
  };
  return { read, shown, names, chosen, choose, isDecoded, decode: show, save };
}
