import { Anchor, Button, Card, Center, Code, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { openSession } from "@sealrun/client";
import type { PlatformInfo } from "@sealrun/protocol";
import { IconLogin2 } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import { ownPlatform } from "../../platform/platform.tsx";
import { Logo } from "../../parts/page/logo.tsx";
import { Problem } from "../../parts/page/problem.tsx";

/** Keeps Escape from a dialog behind this form: the dialog would close and lose what was typed in it. */
const keepsEscape = { "data-mantine-stop-propagation": true } as const;

/** Exchanges a token for a session. Other ways to sign in belong here too. */
export function SignIn(props: {
  readonly platform: PlatformInfo;
  readonly onSignedIn: () => Promise<void>;
  /** In front of a page whose session has ended. */
  readonly isInFront?: boolean;
}): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const signIn = useMutation({
    mutationFn: async () => {
      const token = field.current?.value.trim() ?? "";
      await openSession(ownPlatform, token);
      // From here on the session cookie replaces the token.
      if (field.current !== null) field.current.value = "";
      await props.onSignedIn();
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (field.current?.value.trim() === "") field.current.focus();
    else signIn.mutate();
  };
  const form = (
    <form onSubmit={onSubmit}>
      <Stack>
        <PasswordInput
          ref={field}
          label="Token"
          description="It starts with sr_adm_; sealrun dev prints the path of its file"
          name="token"
          autoComplete="off"
          required
          withAsterisk={false}
          data-autofocus
          {...keepsEscape}
        />
        {signIn.error === null ? null : <Problem error={signIn.error} />}
        <Button
          type="submit"
          loading={signIn.isPending}
          leftSection={<IconLogin2 size={18} aria-hidden />}
          {...keepsEscape}
        >
          Sign in
        </Button>
      </Stack>
    </form>
  );
  if (props.isInFront === true) return form;
  return (
    <Center component="main" mih="100dvh" p="md">
      <Card withBorder shadow="sm" padding="xl" w={440} maw="100%">
        <Stack>
          <Group gap="sm">
            <Logo size={32} />
            <Title order={1}>Sign in to sealrun</Title>
          </Group>
          {form}
          <Text size="sm" c="dimmed">
            Values that you type here are sealed in this browser for the keyring{" "}
            <Code>{props.platform.keyring.fingerprint}</Code>. Compare this with the fingerprint that{" "}
            <Code>sealrun dev</Code> or your administrator gives you.
          </Text>
          <Anchor size="sm" href="/guides/security-model">
            How this platform protects secrets
          </Anchor>
        </Stack>
      </Card>
    </Center>
  );
}
