import { Alert, Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import type { AuditVerification } from "@sealrun/protocol";
import { IconAlertTriangle, IconCircleCheck, IconLink } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { verificationWords } from "./verification-words.ts";

/** Asks the platform to check the whole chain, and shows the result. */
export function ChainCheck(): ReactNode {
  const client = useClient();
  const check = useMutation({
    mutationFn: async (isFull: boolean) => ({
      found: await client.verifyAudit({ isFull }),
      at: new Date().toISOString(),
    }),
  });
  return (
    <Stack gap="sm">
      <Group gap="md">
        <Button
          leftSection={<IconLink size={16} aria-hidden />}
          loading={check.isPending}
          onClick={() => check.mutate(false)}
        >
          Check the chain
        </Button>
        <Button variant="default" disabled={check.isPending} onClick={() => check.mutate(true)}>
          Read every row
        </Button>
        <Text size="sm" c="dimmed" flex="1 1 280px">
          Each row is bound to the one before it. The check finds rows that were changed, removed or added since the
          last check. Reading every row takes longer and checks older rows too.
        </Text>
      </Group>
      {check.error === null ? null : <Problem error={check.error} onRetry={() => check.mutate(check.variables)} />}
      {check.data === undefined ? null : <Result {...check.data} />}
    </Stack>
  );
}

function Result({ found, at }: { readonly found: AuditVerification; readonly at: string }): ReactNode {
  const { isWhole, title, sentences } = verificationWords(found);
  return (
    <Alert
      role={isWhole ? "status" : "alert"}
      color={isWhole ? "green" : "red"}
      icon={isWhole ? <IconCircleCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={<ShownText text={title} />}
    >
      <Stack gap={6}>
        {sentences.map((sentence) => (
          <Text key={sentence} size="sm">
            <ShownText text={sentence} />
          </Text>
        ))}
        {found.head === null ? null : (
          <Text size="sm">
            Last link {found.head.position}: <Code>{found.head.hash}</Code>
          </Text>
        )}
        <Text size="xs" c="dimmed">
          Checked <Time at={at} />.{" "}
          <Anchor inherit underline="always" href="/guides/secrets#audit" target="_blank" rel="noopener">
            The limits of the chain
          </Anchor>
        </Text>
      </Stack>
    </Alert>
  );
}
