import { Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { SecretPlace } from "@sealrun/client";
import type { SecretInfo } from "@sealrun/protocol";
import { useQueries } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { wasReadLately, wordToType } from "./delete-checks.ts";
import { placeKey, showPlace } from "../place.ts";
import { UsesList } from "../details/uses-list.tsx";
import { showCount } from "../../../parts/text/show-count.ts";

/** Uses are loaded and shown for at most this many secrets: a longer question would not be read. */
const maxShown = 10;

/** Asks before secrets are deleted and shows what uses them. If one was read in the last 30 days, a word has to be typed. */
export function DeleteSecrets(props: {
  readonly place: SecretPlace;
  readonly secrets: readonly SecretInfo[];
  readonly onYes: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { place, secrets, onYes, onClose } = props;
  const [typed, setTyped] = useState("");
  const [openedMs] = useState(Date.now);
  const names = secrets.map(({ name }) => name);
  const asked = useUses(place, names.slice(0, maxShown));
  const reads = [...secrets.map(({ lastRead }) => lastRead?.at), ...asked.reads];
  const word = wasReadLately(reads, openedMs) ? wordToType(names) : undefined;
  const isReady = asked.isKnown && (word === undefined || typed === word);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    onClose();
    onYes();
  };
  const [first = ""] = names;
  return (
    <Modal
      opened
      onClose={onClose}
      title={names.length === 1 ? `Delete ${first}?` : `Delete ${showCount(names.length)} secrets?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={onSubmit}>
        <Stack>
          <Text size="sm">
            {names.length === 1 ? "It is" : "They are"} removed from {showPlace(place)}. The history stays, the values
            are deleted.
            {place.scope === "platform"
              ? null
              : " If a wider scope has the same name, its secret is used from then on."}
          </Text>
          {asked.error === null ? null : <Problem error={asked.error} onRetry={asked.retry} />}
          {asked.isKnown ? <Uses found={asked.found} /> : asked.error === null ? <Loading rows={2} /> : null}
          {names.length <= maxShown ? null : (
            <Text size="sm" c="dimmed">
              The uses of the other {names.length - maxShown} are not listed.
            </Text>
          )}
          {word === undefined ? null : (
            <TextInput
              label={
                <>
                  Read in the last 30 days. Type <Code>{word}</Code> to delete
                </>
              }
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              data-autofocus
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Keep
            </Button>
            <Button
              type="submit"
              color="red"
              disabled={!isReady}
              {...(word === undefined ? { "data-autofocus": true } : {})}
            >
              Delete
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Uses({ found }: { readonly found: ReturnType<typeof useUses>["found"] }): ReactNode {
  return found.map(({ name, uses }) => (
    <Stack key={name} gap={4}>
      <Text size="sm" fw={500}>
        {found.length === 1 ? "Used by" : <ShownText text={name} />}
      </Text>
      <UsesList uses={uses} />
    </Stack>
  ));
}

function useUses(place: SecretPlace, names: readonly string[]) {
  const client = useClient();
  const results = useQueries({
    queries: names.map((name) => ({
      queryKey: placeKey(place, "uses", name),
      queryFn: async () => client.secretUses(place, name),
    })),
  });
  const found = results.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return {
    found,
    reads: found.flatMap(({ uses }) => uses.map(({ lastRead }) => lastRead?.at)),
    isKnown: found.length === names.length,
    error: results.find(({ error }) => error !== null)?.error ?? null,
    retry: async () => Promise.all(results.map(async ({ refetch }) => refetch())),
  };
}
