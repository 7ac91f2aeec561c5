import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Client, SecretPlace } from "@sealrun/client";
import { showNames, toSealrunError } from "@sealrun/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";

/** How long a delete can be undone; it is sent after this time. */
const undoMs = 6_000;

/** A secret to delete, only in the version that the user saw. */
interface SecretToDelete {
  readonly name: string;
  readonly version: number;
}

interface Batch {
  readonly id: string;
  readonly secrets: readonly SecretToDelete[];
  readonly timer: ReturnType<typeof setTimeout>;
  /** From then on it can neither be undone nor kept: the platform may have deleted it already. */
  readonly isSent: boolean;
}

/** Deletes that are not sent yet. */
export interface PendingDeletes {
  readonly deleting: ReadonlySet<string>;
  readonly remove: (secrets: readonly SecretToDelete[]) => void;
  /** Undoes the delete of this name, or the newest delete. */
  readonly undo: (name?: string) => void;
}

/** Deletes secrets after a wait in which this can be undone. Leaving the page keeps them, and a notice says so. */
export function usePendingDeletes(place: SecretPlace): PendingDeletes {
  const client = useClient();
  const queries = useQueryClient();
  const batches = useRef<readonly Batch[]>([]);
  const [deleting, setDeleting] = useState<ReadonlySet<string>>(new Set());
  const setBatches = (next: readonly Batch[]): void => {
    batches.current = next;
    setDeleting(new Set(next.flatMap(({ secrets }) => secrets.map(({ name }) => name))));
  };
  const drop = (batch: Batch): void => setBatches(batches.current.filter(({ id }) => id !== batch.id));

  const send = async (batch: Batch): Promise<void> => {
    try {
      const { deleted, kept } = await deleteUnchanged(client, place, batch.secrets);
      await queries.invalidateQueries({ queryKey: topicKey("secrets") });
      if (deleted.length > 0) tell(batch.id, `Deleted ${showNames(deleted, 3)}`, "gray");
      if (kept.length > 0) {
        const id = deleted.length > 0 ? `${batch.id}-kept` : batch.id;
        tell(id, `Kept ${showNames(kept, 3)}: a newer version was stored in the meantime`, "orange");
      }
    } catch (error) {
      tell(batch.id, `Not deleted: ${toSealrunError(error).message}`, "red");
      await queries.invalidateQueries({ queryKey: topicKey("secrets") });
    } finally {
      drop(batch);
    }
  };

  const undo = (name?: string): void => {
    const waiting = batches.current.filter(({ isSent }) => !isSent);
    const found = name === undefined ? waiting.at(-1) : batchOf(waiting, name);
    if (found === undefined) return;
    clearTimeout(found.timer);
    notifications.hide(found.id);
    drop(found);
  };

  const remove = (secrets: readonly SecretToDelete[]): void => {
    const id = `delete-${crypto.randomUUID()}`;
    const timer = setTimeout(() => {
      const batch = batches.current.find((candidate) => candidate.id === id);
      if (batch === undefined) return;
      setBatches(batches.current.map((each) => (each.id === id ? { ...each, isSent: true } : each)));
      notifications.update({ id, message: "Deleting", loading: true, autoClose: false });
      void send(batch);
    }, undoMs);
    setBatches([...batches.current, { id, secrets, timer, isSent: false }]);
    notifications.show({
      id,
      autoClose: false,
      withCloseButton: false,
      color: "red",
      message: <Waiting secrets={secrets} onUndo={() => undo(secrets[0]?.name)} />,
    });
  };

  const keepAll = useEffectEvent(() => {
    for (const { id, secrets, timer, isSent } of batches.current) {
      if (isSent) continue;
      clearTimeout(timer);
      const names = showNames(
        secrets.map(({ name }) => name),
        3,
      );
      tell(id, `Kept ${names}: you left the page before the delete was sent`, "gray");
    }
    batches.current = [];
  });
  useEffect(() => {
    const onHide = (): void => keepAll();
    globalThis.addEventListener("pagehide", onHide);
    return () => {
      globalThis.removeEventListener("pagehide", onHide);
      keepAll();
    };
  }, []);
  return { deleting, remove, undo };
}

function Waiting(props: { readonly secrets: readonly SecretToDelete[]; readonly onUndo: () => void }) {
  const names = showNames(
    props.secrets.map(({ name }) => name),
    3,
  );
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">
        Deleting {names} in {undoMs / 1_000} seconds. If you leave this page, nothing is deleted.
      </Text>
      <Button size="compact-sm" variant="default" flex="none" onClick={props.onUndo}>
        Undo
      </Button>
    </Group>
  );
}

function tell(id: string, message: string, color: string): void {
  const shown = { id, message, color, loading: false, withCloseButton: true, autoClose: 8_000 };
  notifications.hide(id);
  notifications.show({ ...shown, id: `${id}-end` });
}

function batchOf(batches: readonly Batch[], name: string): Batch | undefined {
  return batches.find(({ secrets }) => secrets.some((secret) => secret.name === name));
}

/** Deletes the secrets that still have the version that the user saw. */
async function deleteUnchanged(
  client: Client,
  place: SecretPlace,
  secrets: readonly SecretToDelete[],
): Promise<{ readonly deleted: readonly string[]; readonly kept: readonly string[] }> {
  const versions = new Map((await client.listSecrets(place)).map(({ name, version }) => [name, version]));
  const deleted: string[] = [];
  const kept: string[] = [];
  for (const { name, version } of secrets) {
    const now = versions.get(name);
    // Another user or a script has deleted it.
    if (now === undefined) continue;
    if (now !== version) kept.push(name);
    else {
      // The question has shown what uses it.
      await client.deleteSecret(place, name, { force: true });
      deleted.push(name);
    }
  }
  return { deleted, kept };
}
