import { Center, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** Stands in the place of an empty list: what would be here, and the next step as a button, a link or a command. */
export function Empty(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <Center py="xl">
      <Stack align="center" gap="sm" maw={520}>
        <ThemeIcon size={48} radius="xl" variant="light">
          {props.icon}
        </ThemeIcon>
        <Title order={2} ta="center">
          {props.title}
        </Title>
        <Text component="div" c="dimmed" ta="center">
          {props.children}
        </Text>
        {props.action}
      </Stack>
    </Center>
  );
}
