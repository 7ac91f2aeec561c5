import { Alert, Anchor, Code, Group, Stack, Text } from "@mantine/core";
import type { ExecutionInfo } from "@sealrun/protocol";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/shown-text.tsx";

/** Why an execution did not succeed, in the failure's own sentence, with the guide that helps. */
export function FailureNotice({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { error, status } = execution;
  if (error === null || status === "succeeded") return null;
  return (
    <Alert
      color={status === "lost" ? "orange" : status === "cancelled" ? "gray" : "red"}
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={titles[status]}
    >
      <Stack gap={6}>
        <Text size="sm">
          <ShownText text={error.message} />
        </Text>
        <Group gap="md">
          <Code>{error.code}</Code>
          <Anchor size="sm" href={`/guides/${guideOf(error.code)}`} target="_blank" rel="noopener">
            Read the guide
          </Anchor>
        </Group>
      </Stack>
    </Alert>
  );
}

const titles = {
  queued: "Put back after a failure",
  running: "Running again after a failure",
  failed: "Failed",
  lost: "Lost",
  cancelled: "Cancelled",
} as const;

/** The guide about a kind of failure; every code is in the reference of errors. */
function guideOf(code: string): string {
  if (code.startsWith("SECRET") || code.startsWith("KEY")) return "secrets";
  if (code.startsWith("REFERENCE")) return "references";
  if (code.startsWith("DEPENDENC")) return "dependencies";
  if (code.startsWith("PARAMETER")) return "packages#parametersjson";
  return "reference/errors";
}
