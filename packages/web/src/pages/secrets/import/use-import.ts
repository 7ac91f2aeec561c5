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

/** A file on its way into a place. Values lie in a reference alone and go with the dialog. */
export function useImport(place: SecretPlace, own: readonly SecretInfo[], onDone: () => void) {
  const client = useClient();
  const queries = useQueryClient();
  const held = useRef<ImportedFile>(undefined);
  const [shown, setShown] = useState<Shown>();
  const [isDecoded, setIsDecoded] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () => () => {
      held.current = undefined;
    },
    [],
  );

  const show = (isDecoding: boolean): void => {
    const file = held.current;
    if (file === undefined) return;
    setIsDecoded(isDecoding);
    setLeft(new Set());
    setShown({
      name: file.name,
      plan: planImport(isDecoding ? decodePrefixed(file) : file, own),
      mayDecode: file.secrets.some(({ name }) => name.startsWith(usualPrefix)),
    });
  };
  const read = useMutation({
    gcTime: 0,
    mutationFn: async (file: File) => {
      held.current = undefined;
      setShown(undefined);
      held.current = await readImport(file);
      show(false);
    },
  });
  // What a name replaces may have changed while the file was looked at.
  const versions = new Map(own.map(({ name, version }) => [name, version]));
  const names = (shown?.plan.names ?? []).map((planned) => ({
    ...planned,
    replaces: versions.get(planned.name) ?? null,
  }));
  const chosen = new Set(names.flatMap(({ name }) => (left.has(name) ? [] : [name])));
  const save = useMutation({
    mutationFn: async () => {
      const file = held.current;
      if (file === undefined) return [];
      const { secrets } = isDecoded ? decodePrefixed(file) : file;
      return client.setSecrets(place, chosenValues(secrets, chosen), "import");
    },
    onSuccess: async (stored) => {
      held.current = undefined;
      onDone();
      const replaced = stored.filter(({ version }) => version > 1).length;
      notifications.show({ message: importWords(stored.length, replaced), color: "green" });
      await queries.invalidateQueries({ queryKey: topicKey("secrets") });
    },
  });
  const choose = (some: readonly string[], isChosen: boolean): void => {
    const next = new Set(left);
    for (const name of some)
      if (isChosen) next.delete(name);
      else next.add(name);
    setLeft(next);
  };
  return { read, shown, names, chosen, choose, isDecoded, decode: show, save };
}
