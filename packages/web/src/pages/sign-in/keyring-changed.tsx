import { Alert, Button, Center, Checkbox, Code, Stack, Text, Title } from "@mantine/core";
import { IconShieldExclamation } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

/** Stops everything when the keyring is not the one that this browser has pinned. */
export function KeyringChanged(props: {
  readonly message: string;
  readonly found: string;
  readonly onTrust: () => void;
}): ReactNode {
  const [hasCompared, setHasCompared] = useState(false);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack maw={560}>
        <Title order={1}>The keyring has changed</Title>
        <Alert color="red" icon={<IconShieldExclamation aria-hidden />} title="Nothing was sent">
          {props.message}.
        </Alert>
        <Text>
          This is expected after the platform was installed again; <Code>sealrun dev</Code> prints the new fingerprint
          when it starts. Otherwise an attacker may be between you and the platform.
        </Text>
        <Checkbox
          label={`I have compared ${props.found} with the fingerprint that the platform's administrator gave me`}
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
