import { Alert, Anchor, Button, Center, Code, Group, Stack, Text } from "@mantine/core";
import { toSealrunError } from "@sealrun/protocol";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { helpForCode } from "./help-for-code.ts";
import { LinkAnchor } from "./links.tsx";
import { ShownText } from "../text/shown-text.tsx";

/** An error: its sentence, its code and what to do. Announced to screen readers. */
export function Problem(props: {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: () => unknown;
  /** The place in the guides that helps; without it, the place for the error's code. */
  readonly guide?: string;
  readonly isPage?: boolean;
}): ReactNode {
  const { code, message, row } = toSealrunError(props.error);
  // Asking again for what does not exist gives the same answer.
  const isGone = row.status === 404;
  const guide = props.guide ?? helpForCode(code);
  const alert = (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={props.title ?? (isGone ? "Not found" : "That did not work")}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          <ShownText text={message} />
        </Text>
        <Group gap="md">
          <Code>{code}</Code>
          {guide === undefined ? null : (
            <Anchor size="sm" href={`/guides/${guide}`} target="_blank" rel="noopener">
              Read the guide
            </Anchor>
          )}
          {isGone && props.isPage !== true ? (
            <LinkAnchor size="sm" to="/">
              Go to the projects
            </LinkAnchor>
          ) : null}
          {props.onRetry === undefined || isGone ? null : (
            <Button size="compact-sm" variant="light" color="red" onClick={() => void props.onRetry?.()}>
              Try again
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
  if (props.isPage !== true) return alert;
  return (
    <Center component="main" mih="100dvh" p="md">
      {alert}
    </Center>
  );
}
