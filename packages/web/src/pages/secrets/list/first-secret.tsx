import { Anchor, Button, Code, Group } from "@mantine/core";
import type { SecretPlace } from "@sealrun/client";
import { IconKey, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../../../parts/page/empty.tsx";

/** Shown while a place has no secrets. */
export function FirstSecret(props: { readonly place: SecretPlace; readonly onAdd: () => void }): ReactNode {
  return (
    <Empty
      icon={<IconKey aria-hidden />}
      title="No secrets yet"
      action={
        <Group justify="center">
          <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={props.onAdd}>
            Add the first one
          </Button>
          <Anchor size="sm" href="/guides/secrets" target="_blank" rel="noopener">
            How secrets work
          </Anchor>
        </Group>
      }
    >
      Add a value, or drop a <Code>.env</Code> or <Code>.json</Code> file anywhere on this page. Values are sealed in
      your browser; scripts read them with <Code>context.secrets.get("NAME")</Code>.
    </Empty>
  );
}
