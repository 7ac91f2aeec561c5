import { Paper, Stack, Text } from "@mantine/core";
import type { ExecutionInfo } from "@sealrun/protocol";
import { IconCpu } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";

/** The attempts of an execution: which executor took it, when, and how each one ended. */
export function AttemptsTable({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  if (execution.attempts.length === 0) {
    return (
      <Empty icon={<IconCpu aria-hidden />} title="No executor has taken it">
        {execution.waiting ?? "It ended before an executor took it."}
      </Empty>
    );
  }
  const hasLost = execution.attempts.some(({ end }) => end === "lost");
  return (
    <Stack gap="sm">
      <Paper withBorder p="xs">
        <CardTable label="Attempts" columns={["Attempt", "Executor", "Taken", "Sandbox", "End"]}>
          {execution.attempts.map(({ attempt, executor, claimedAt, sandbox, end, reason }) => (
            <CardRow key={attempt}>
              <CardCell label="Attempt">{attempt}</CardCell>
              <CardCell label="Executor">
                <LinkAnchor size="sm" ff="monospace" to="/executions" search={{ executor }}>
                  {executor}
                </LinkAnchor>
              </CardCell>
              <CardCell label="Taken">
                <Time at={claimedAt} />
              </CardCell>
              <CardCell label="Sandbox">{sandbox ?? "Not said"}</CardCell>
              <CardCell label="End">
                {end === null ? "Running" : ends[end]}
                {reason === null ? null : (
                  <>
                    : <ShownText text={`${reason.message} (${reason.code})`} />
                  </>
                )}
              </CardCell>
            </CardRow>
          ))}
        </CardTable>
      </Paper>
      {hasLost ? (
        <Text size="sm" c="dimmed">
          An attempt is lost when its executor sends no heartbeat for a minute. With <code>"on_lost": "rerun"</code> in
          the manifest, the execution then runs again from its first step. Without it, the execution ends as lost. See{" "}
          <a href="/guides/packages#manifestjson">Packages</a>.
        </Text>
      ) : null}
    </Stack>
  );
}

const ends = {
  finished: "Finished",
  lost: "Lost: its lease expired",
  "given-back": "Given back before a script started",
  released: "Given back by its executor before a script started",
} as const;
