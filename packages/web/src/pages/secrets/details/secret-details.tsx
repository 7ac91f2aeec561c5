import { Button, CopyButton, Divider, Drawer, Group, Stack, Title } from "@mantine/core";
import type { SecretPlace } from "@sealrun/client";
import { IconCheck, IconCopy, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import { placeKey } from "../place.ts";
import { Explanation } from "./secret-explanation.tsx";
import { History } from "./secret-history.tsx";
import { UsesList } from "./uses-list.tsx";

interface DetailsProps {
  readonly place: SecretPlace;
  readonly name: string;
  /** False for a name that is missing, or set only in a wider scope. */
  readonly isOwn: boolean;
  readonly onClose: () => void;
  readonly onSet: () => void;
  readonly onDelete: () => void;
}

/** Everything that is known about a name in a place, never its value. */
export function SecretDetails(props: DetailsProps): ReactNode {
  const { place, name, isOwn, onClose } = props;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="md"
      title={<ShownText text={name} />}
      closeButtonProps={{ "aria-label": "Close" }}
      styles={{ title: { fontFamily: "var(--sealrun-mono)", fontWeight: 600, overflowWrap: "anywhere" } }}
    >
      <Stack gap="lg">
        <Actions {...props} />
        {place.scope === "service" ? (
          <Section title="Where the value comes from">
            <Explanation target={place} name={name} />
          </Section>
        ) : null}
        {isOwn ? (
          <>
            <Section title="History">
              <History place={place} name={name} />
            </Section>
            <Section title="Used by">
              <Uses place={place} name={name} />
            </Section>
          </>
        ) : null}
      </Stack>
    </Drawer>
  );
}

function Actions({ name, isOwn, onSet, onDelete }: DetailsProps): ReactNode {
  return (
    <Group gap="xs">
      <Button
        size="xs"
        leftSection={isOwn ? <IconPencil size={14} aria-hidden /> : <IconPlus size={14} aria-hidden />}
        onClick={onSet}
      >
        {isOwn ? "Replace" : "Add here"}
      </Button>
      <CopyButton value={name}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            onClick={copy}
          >
            {copied ? "Copied" : "Copy the name"}
          </Button>
        )}
      </CopyButton>
      {isOwn ? (
        <Button
          size="xs"
          variant="light"
          color="red"
          leftSection={<IconTrash size={14} aria-hidden />}
          onClick={onDelete}
        >
          Delete
        </Button>
      ) : null}
    </Group>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <Stack gap="xs" component="section">
      <Divider />
      <Title order={3}>{title}</Title>
      {children}
    </Stack>
  );
}

function Uses({ place, name }: { readonly place: SecretPlace; readonly name: string }): ReactNode {
  const client = useClient();
  const uses = useQuery({
    queryKey: placeKey(place, "uses", name),
    queryFn: async () => client.secretUses(place, name),
  });
  if (uses.error !== null) return <Problem error={uses.error} onRetry={async () => uses.refetch()} />;
  if (uses.data === undefined) return <Loading rows={2} />;
  return <UsesList uses={uses.data.uses} />;
}
