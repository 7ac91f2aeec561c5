import { ActionIcon, Alert, Menu, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArchive, IconArchiveOff, IconDots, IconPencil } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Question } from "./question.tsx";

/** A menu that renames or archives a project or a package, after a question. */
export function ChangeMenu(props: {
  readonly what: "project" | "package";
  readonly name: string;
  readonly isArchived: boolean;
  readonly onRename: (name: string) => Promise<void>;
  readonly onArchive: (archived: boolean) => Promise<void>;
}): ReactNode {
  const { what, name, isArchived, onRename, onArchive } = props;
  const [asked, setAsked] = useState<"rename" | "archive">();
  const [typed, setTyped] = useState(name);
  const close = (): void => setAsked(undefined);
  const archive = async (archived: boolean): Promise<void> => {
    await onArchive(archived);
    notifications.show({ message: `${name} is ${archived ? "archived" : "no longer archived"}` });
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="input-sm" aria-label={`More actions of ${name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => {
              setTyped(name);
              setAsked("rename");
            }}
          >
            Rename
          </Menu.Item>
          <Menu.Item
            leftSection={isArchived ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />}
            onClick={() => setAsked("archive")}
          >
            {isArchived ? "Unarchive" : "Archive"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Question
        title={`Rename ${name}?`}
        yes="Rename"
        isOpen={asked === "rename"}
        onClose={close}
        onYes={async () => onRename(typed.trim())}
      >
        <Stack gap="xs">
          <TextInput
            label="New name"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
          <Text size="sm" c="dimmed">
            Secrets and executions stay with it. Links and commands with the old name no longer work.
            {what === "project" ? " References that name the project need its new name." : ""}
          </Text>
        </Stack>
      </Question>
      <Question
        title={isArchived ? `Unarchive ${name}?` : `Archive ${name}?`}
        yes={isArchived ? "Unarchive" : "Archive"}
        isOpen={asked === "archive"}
        onClose={close}
        onYes={async () => archive(!isArchived)}
      >
        <Text size="sm">
          {isArchived
            ? "It can run again: schedules continue with their next due time, and what waited starts."
            : "Nothing of it starts, and lists leave it out. Running executions go on, queued ones wait. Nothing is deleted, and you can undo it."}
        </Text>
      </Question>
    </>
  );
}

/** Says that a package or a project is archived. */
export function ArchivedNote({ what }: { readonly what: "package" | "project" }): ReactNode {
  return (
    <Alert icon={<IconArchive aria-hidden />} color="gray" title={`This ${what} is archived`} mb="md">
      Nothing of it starts, and lists leave it out. The menu on its page unarchives it.
    </Alert>
  );
}
