import { Paper, Stack, Title } from "@mantine/core";
import { type ExecutionInfo, isFinal } from "@sealrun/protocol";
import { IconBraces } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Empty } from "../../parts/page/empty.tsx";
import { JsonTree } from "../../parts/json/json-tree.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { showHidden } from "../../parts/text/visible-text.ts";

/** The result of each step, as a tree. */
export function ResultsPanel({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const given = execution.steps.filter(({ result }) => result !== null);
  if (given.length === 0) {
    return (
      <Empty
        icon={<IconBraces aria-hidden />}
        title={isFinal(execution.status) ? "No step gave a result" : "No step has given a result yet"}
        action={
          <a href="/guides/script-api" target="_blank" rel="noopener">
            Read the guide of the script API
          </a>
        }
      >
        A script gives one with <code>context.result(value)</code>. Later steps can read it, and it is shown here.
      </Empty>
    );
  }
  return (
    <Stack gap="md">
      {given.map(({ name, result }) => (
        <Paper key={name} withBorder p="md">
          <Stack gap="xs">
            <Title order={2}>
              <ShownText text={name} />
            </Title>
            <JsonTree value={result} label={`Result of ${showHidden(name)}`} />
          </Stack>
        </Paper>
      ))}
    </Stack>
  );
}
