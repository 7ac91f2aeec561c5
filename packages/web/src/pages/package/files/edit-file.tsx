import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { GuardedModal } from "../../../parts/page/guarded-modal.tsx";
import { textAfterEdit, textForField } from "./edited-text.ts";

/** A file's text in a field. Nothing is sent from here: the edit is kept for the next version. */
export function EditFile(props: {
  readonly path: string;
  readonly text: string;
  readonly onKeep: (text: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { path, text, onKeep, onClose } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const isKept = useRef(false);
  const typed = (): string => field.current?.value ?? textForField(text);
  const isChanged = (): boolean => typed() !== textForField(text);
  const keep = (): void => {
    isKept.current = true;
    if (isChanged()) onKeep(textAfterEdit(text, typed()));
    onClose();
  };
  return (
    <GuardedModal
      size="xl"
      title={`Edit ${path}`}
      isUnsaved={() => !isKept.current && isChanged()}
      question={{ title: "Discard what you changed?", no: "Keep editing", text: "The change was not kept." }}
      onClose={onClose}
    >
      {(leave) => (
        <Stack>
          <Textarea
            ref={field}
            aria-label={`Text of ${path}`}
            defaultValue={textForField(text)}
            rows={22}
            resize="vertical"
            data-autofocus
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="off"
            spellCheck={false}
            wrap="off"
            styles={{ input: { fontFamily: "var(--sealrun-mono)", fontSize: 13, tabSize: 4, whiteSpace: "pre" } }}
          />
          <Group justify="space-between" gap="sm">
            <Text size="xs" c="dimmed">
              Never write a secret into a file: files are not sealed.
            </Text>
            <Group gap="xs" ml="auto">
              <Button variant="default" onClick={leave}>
                Cancel
              </Button>
              <Button onClick={keep}>Keep the change</Button>
            </Group>
          </Group>
        </Stack>
      )}
    </GuardedModal>
  );
}
