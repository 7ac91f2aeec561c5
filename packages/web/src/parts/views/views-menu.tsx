import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { ShownText } from "../text/shown-text.tsx";
import { useSavedViews } from "./use-saved-views.ts";

/** Saves the filters of a page under a name, and goes back to them. */
export function ViewsMenu({ page }: { readonly page: string }): ReactNode {
  const router = useRouter();
  const { views, save, remove } = useSavedViews(page);
  const [isNaming, setIsNaming] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={14} aria-hidden />}>
            Views
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 ? <Menu.Label>No view is saved in this browser</Menu.Label> : null}
          {views.map(({ name, search }) => (
            <Menu.Item key={name} onClick={() => router.history.push(`${globalThis.location.pathname}${search}`)}>
              <ShownText text={name} />
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setIsNaming(true)}>Save or remove views</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isNaming ? (
        <NameView
          names={views.map(({ name }) => name)}
          onSave={(name) => {
            save({ name, search: globalThis.location.search });
            setIsNaming(false);
          }}
          onRemove={remove}
          onClose={() => setIsNaming(false)}
        />
      ) : null}
    </>
  );
}

function NameView(props: {
  readonly names: readonly string[];
  readonly onSave: (name: string) => void;
  readonly onRemove: (name: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const [name, setName] = useState("");
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") props.onSave(name.trim());
  };
  return (
    <Modal opened onClose={props.onClose} title="Views" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <form onSubmit={onSubmit}>
          <Group align="flex-end" gap="xs">
            <TextInput
              label="Name"
              description="The filters as they are now, saved in this browser only"
              flex={1}
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
            <Button type="submit" disabled={name.trim() === ""}>
              {props.names.includes(name.trim()) ? "Replace it" : "Save"}
            </Button>
          </Group>
        </form>
        {props.names.map((each) => (
          <Group key={each} justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm">
              <ShownText text={each} />
            </Text>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove the view ${each}`}
              onClick={() => props.onRemove(each)}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
