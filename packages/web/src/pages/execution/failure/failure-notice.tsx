import { Alert, Anchor, Code, Group, Stack, Text } from "@mantine/core";
import { type ExecutionInfo, isErrorCode } from "@sealrun/protocol";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { helpForCode } from "../../../parts/page/help-for-code.ts";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import type { Log } from "../log/use-log.ts";
import { ErrorLines } from "./error-lines.tsx";
import { UnansweredNames } from "./unanswered-names.tsx";

/**
 * Why an execution did not succeed: the error's sentence, the last lines of the step that failed, the names that it asked
 * for in vain, the code, and the guide that helps.
 */
export function FailureNotice({ execution, log }: { readonly execution: ExecutionInfo; readonly log: Log }): ReactNode {
  const { error, status } = execution;
  if (error === null || status === "succeeded") return null;
  const guide = (isErrorCode(error.code) ? helpForCode(error.code) : undefined) ?? "reference/errors";
  return (
    <Alert
      color={status === "lost" ? "orange" : status === "cancelled" ? "gray" : "red"}
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={titles[status]}
    >
      <Stack gap="xs">
        <Text size="sm">
          <ShownText text={error.message} />
        </Text>
        {status === "failed" ? (
          <>
            <ErrorLines execution={execution} log={log} />
            <UnansweredNames execution={execution} />
          </>
        ) : null}
        <Group gap="md">
          <Code>{error.code}</Code>
          <Anchor size="sm" href={`/guides/${guide}`} target="_blank" rel="noopener">
            Read the guide
          </Anchor>
        </Group>
      </Stack>
    </Alert>
  );
}

const titles = {
  queued: "Requeued after a failure",
  running: "Running again after a failure",
  failed: "Failed",
  lost: "Lost",
  cancelled: "Cancelled",
} as const;
