import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type ReactNode, useId } from "react";
import { ShownText } from "../text/shown-text.tsx";
import { showHidden } from "../text/visible-text.ts";

/** A page: its one heading, which is also the window's title, its subject, its actions, and its content. */
export function Page(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  useDocumentTitle(`${showHidden(props.title)} · sealrun`);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} miw={0} flex="1 1 280px">
          <Group gap="sm">
            <Title order={1}>
              <ShownText text={props.title} />
            </Title>
            {props.beside}
          </Group>
          {props.lead === undefined ? null : (
            <Text component="div" c="dimmed" size="sm">
              {props.lead}
            </Text>
          )}
        </Stack>
        {props.actions === undefined ? null : <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.children}
    </Stack>
  );
}

/** A part of a page in a frame, named by its heading; `beside` stands at the end of the heading's line. */
export function Panel(props: {
  readonly title: string;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="xs">
        <Title order={2} id={id}>
          {props.title}
        </Title>
        {props.beside}
      </Group>
      {props.children}
    </Paper>
  );
}
