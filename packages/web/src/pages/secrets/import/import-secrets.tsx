import { Button, Code, FileButton, Group, List, Stack, Switch, Text } from "@mantine/core";
import type { SecretPlace } from "@sealrun/client";
import { countOf, type SecretInfo } from "@sealrun/protocol";
import { IconFileImport, IconLock } from "@tabler/icons-react";
import { type ReactNode, useEffect, useEffectEvent } from "react";
import { GuardedModal } from "../../../parts/page/guarded-modal.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { usualPrefix } from "./import-plan.ts";
import { ImportNames } from "./import-names.tsx";
import { showPlace } from "../place.ts";
import { useImport } from "./use-import.ts";

interface ImportProps {
  readonly place: SecretPlace;
  readonly own: readonly SecretInfo[];
  /** A file that was dropped on the page. */
  readonly file: File | undefined;
  readonly onClose: () => void;
}

/** Takes a `.json` or `.env` file, shows its names but no values, and seals the chosen ones. */
export function ImportSecrets({ place, own, file, onClose }: ImportProps): ReactNode {
  const found = useImport(place, own, onClose);
  const { read, shown, save, chosen } = found;
  const onDropped = useEffectEvent((dropped: File) => read.mutate(dropped));
  useEffect(() => {
    if (file !== undefined) onDropped(file);
  }, [file]);
  return (
    <GuardedModal
      size="lg"
      title="Import secrets"
      isUnsaved={() => shown !== undefined}
      question={{
        title: "Discard what you chose?",
        no: "Keep choosing",
        text: "Nothing of the file was saved. The file itself is not changed.",
      }}
      onClose={onClose}
    >
      {(leave) => (
        <Stack>
          {read.error === null ? null : (
            <Problem title="This file cannot be imported" error={read.error} guide="secrets" />
          )}
          {read.isPending ? <Loading rows={3} /> : null}
          {shown === undefined ? (
            <Choose onFile={(chosenFile) => read.mutate(chosenFile)} />
          ) : (
            <Preview found={found} />
          )}
          {save.error === null ? null : (
            <Problem title="Not saved; the file is still here" error={save.error} onRetry={() => save.mutate()} />
          )}
          <Group justify="space-between">
            <Text size="xs" c="dimmed" maw={320}>
              All chosen values are sealed in this browser for {showPlace(place)}, and stored together or not at all.
            </Text>
            <Group gap="xs" ml="auto">
              <Button variant="default" onClick={leave}>
                Cancel
              </Button>
              {shown === undefined ? null : (
                <Button
                  leftSection={<IconLock size={16} aria-hidden />}
                  loading={save.isPending}
                  disabled={chosen.size === 0}
                  onClick={() => save.mutate()}
                >
                  {chosen.size === 1 ? "Seal and save 1 name" : `Seal and save ${chosen.size} names`}
                </Button>
              )}
            </Group>
          </Group>
        </Stack>
      )}
    </GuardedModal>
  );
}

function Choose({ onFile }: { readonly onFile: (file: File) => void }): ReactNode {
  return (
    <Stack align="center" gap="xs" py="lg">
      <Text ta="center">
        Drop a <Code>.env</Code> or <Code>.json</Code> file here
      </Text>
      <FileButton accept=".json,.env,application/json" onChange={(file) => (file === null ? undefined : onFile(file))}>
        {(props) => (
          <Button {...props} data-autofocus variant="light" leftSection={<IconFileImport size={16} aria-hidden />}>
            Choose a file
          </Button>
        )}
      </FileButton>
      <Text size="xs" c="dimmed" ta="center">
        A <Code>.json</Code> file must be one object of names and values. Values are read here and never shown.
      </Text>
    </Stack>
  );
}

function Preview({ found }: { readonly found: ReturnType<typeof useImport> }): ReactNode {
  const { shown, names, chosen, choose, isDecoded, decode } = found;
  if (shown === undefined) return null;
  const { plan, mayDecode, name } = shown;
  return (
    <Stack gap="sm">
      <Text size="sm">
        <ShownText text={name} />
        {`: ${countOf(names.length, "name")} can be stored`}
        {plan.refusals.length === 0 ? null : `, ${plan.refusals.length} cannot`}
        {plan.leftOut === 0 ? null : `, ${plan.leftOut} without ${usualPrefix} left out`}
      </Text>
      {mayDecode || isDecoded ? (
        <Switch
          size="sm"
          label={`Remove ${usualPrefix} from the names and decode their values from base64`}
          description="Kestra stores secrets like this in its environment"
          checked={isDecoded}
          onChange={(event) => decode(event.currentTarget.checked)}
        />
      ) : null}
      {names.length === 0 ? null : <ImportNames names={names} chosen={chosen} onChoose={choose} />}
      {plan.refusals.length === 0 ? null : (
        <List size="sm" spacing={4} aria-label="Names that cannot be stored" c="var(--mantine-color-red-light-color)">
          {plan.refusals.map((sentence) => (
            <List.Item key={sentence}>
              <ShownText text={sentence} />
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}
