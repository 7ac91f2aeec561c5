import { countOf } from "@sealrun/protocol";
import { Button, Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCheck, IconPlayerPlay } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkButton } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import type { UploadState } from "./use-upload.ts";

/** The result of an upload, with links to the next steps. */
export function Done(props: {
  readonly project: string;
  readonly state: Extract<UploadState, { readonly kind: "done" }>;
  readonly onAgain: () => void;
}): ReactNode {
  const { package: made, version, secrets } = props.state.answer;
  const params = { project: props.project, package: made.name };
  const before = props.state.replaced?.version ?? null;
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="md" role="status">
        <ThemeIcon size={48} radius="xl" color="green" variant="light">
          <IconCheck aria-hidden />
        </ThemeIcon>
        <Title order={2} ta="center">
          <ShownText text={made.name} /> version {version.number} is uploaded
        </Title>
        <Text c="dimmed" ta="center">
          {countOf(version.files.length, "file")}. {countOf(secrets.stored.length, "secret")} sealed in this browser
          {secrets.kept.length === 0 ? "" : `, ${secrets.kept.length} kept from before`}. Runs{" "}
          <ShownText text={version.steps.join(", ")} />.
        </Text>
        <Group justify="center">
          <LinkButton
            to="/projects/$project/packages/$package/run"
            params={params}
            leftSection={<IconPlayerPlay size={18} aria-hidden />}
          >
            Run it
          </LinkButton>
          <LinkButton
            variant="default"
            to="/projects/$project/packages/$package"
            params={params}
            search={before === null ? {} : { tab: "versions", version: version.number, against: before }}
          >
            {before === null ? "See the package" : "See what changed"}
          </LinkButton>
          <Button variant="subtle" onClick={props.onAgain}>
            Upload another
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
