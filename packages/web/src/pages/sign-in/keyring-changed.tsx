import { Alert, Button, Center, Checkbox, Code, Stack, Text, Title } from "@mantine/core";
import { IconShieldExclamation } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

/** Stops everything when another keyring answers than the one this browser knows. */
export function KeyringChanged(props: {
  readonly message: string;
  readonly found: string;
  readonly onTrust: () => void;
}): ReactNode {
  const [hasCompared, setHasCompared] = useState(false);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack maw={560}>
        <Title order={1}>This is another keyring</Title>
        <Alert color="red" icon={<IconShieldExclamation aria-hidden />} title="Nothing was sent">
          {props.message}.
        </Alert>
        <Text>
          It is another one when the platform was set up anew; <Code>sealrun dev</Code> prints its fingerprint when it
          starts. When nobody did that, somebody may stand between you and the platform.
        </Text>
        <Checkbox
          label={`I have compared ${props.found} with what the platform's administrator says`}
          checked={hasCompared}
          onChange={(event) => setHasCompared(event.currentTarget.checked)}
        />
        <Button color="red" variant="light" disabled={!hasCompared} onClick={props.onTrust}>
          Trust this keyring from now on
        </Button>
      </Stack>
    </Center>
  );
}
