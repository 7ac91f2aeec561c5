import { Alert, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { Client } from "@sealrun/client";
import { type ExecutionInfo, isFinal, lastWritten } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { topicKey } from "../../../platform/queries.ts";
import { visibleLine } from "../../../parts/log/ansi.ts";
import { LineText } from "../../../parts/log/line-text.tsx";
import { Loading } from "../../../parts/page/loading.tsx";
import { Problem } from "../../../parts/page/problem.tsx";
import classes from "./log-difference.module.css";
import { compareLines, foldSame, maxLines } from "./line-difference.ts";
import { showCount } from "../../../parts/text/show-count.ts";

/** How two logs differ, line by line; read and compared after a click. */
export function LogDifference(props: { readonly before: ExecutionInfo; readonly now: ExecutionInfo }): ReactNode {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <Paper withBorder p="md">
      <Stack gap="xs" align="stretch">
        <Title order={2}>Log</Title>
        {isAsked ? (
          <Lines {...props} />
        ) : (
          <Group>
            <Button variant="default" size="sm" onClick={() => setIsAsked(true)}>
              Compare the logs
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function Lines({ before, now }: { readonly before: ExecutionInfo; readonly now: ExecutionInfo }): ReactNode {
  const client = useClient();
  const logs = useQuery({
    queryKey: topicKey("executions", "two-logs", before.id, now.id),
    queryFn: async () => Promise.all([readLines(client, before.id), readLines(client, now.id)]),
    staleTime: isFinal(now.status) ? "static" : 0,
    // Two logs are too large to keep for a page that is not shown.
    gcTime: 0,
  });
  const found = useMemo(() => (logs.data === undefined ? undefined : compareLines(...logs.data)), [logs.data]);
  if (logs.error !== null) return <Problem error={logs.error} onRetry={async () => logs.refetch()} />;
  if (found === undefined) return <Loading />;
  const { runs, isCut } = found;
  if (runs === undefined) {
    return <Alert color="gray">The two logs have too little in common to be compared line by line.</Alert>;
  }
  const changed = runs.filter(({ kind }) => kind !== "same").reduce((sum, { lines }) => sum + lines.length, 0);
  return (
    <>
      <Text size="sm" c="dimmed">
        {changed === 0 ? "The logs are the same." : `${showCount(changed)} lines differ.`}
        {isCut ? ` The first ${showCount(maxLines)} lines of each were compared.` : ""}
      </Text>
      {changed === 0 ? null : <Shown runs={runs} />}
    </>
  );
}

const around = 3;
/** How many lines are shown; all of them are in the page at once. */
const maxShown = 1_500;

interface ShownLine {
  readonly kind: keyof typeof signs;
  readonly text: string;
}

function Shown({ runs }: { readonly runs: Parameters<typeof foldSame>[0] }): ReactNode {
  const lines = foldSame(runs, around).flatMap((run): readonly ShownLine[] =>
    run.kind === "folded"
      ? [{ kind: run.kind, text: `${showCount(run.count)} identical lines` }]
      : run.lines.map((text) => ({ kind: run.kind, text })),
  );
  return (
    <div className={classes["box"]} tabIndex={0} role="region" aria-label="Difference of the logs">
      {lines.slice(0, maxShown).map(({ kind, text }, index) => (
        <div key={index} className={classes["line"]} data-kind={kind}>
          <span className={classes["sign"]}>{signs[kind]}</span>
          {kind === "folded" ? text : <LineText text={text.slice(0, 1_000)} />}
        </div>
      ))}
      {lines.length > maxShown ? <div className={classes["line"]}>and {lines.length - maxShown} more lines</div> : null}
    </div>
  );
}

const signs = { same: " ", removed: "−", added: "+", folded: "⋯" } as const;

async function readLines(client: Pick<Client, "listLogs">, id: string): Promise<readonly string[]> {
  // An extra empty line makes compareLines() see that there are more.
  const first = await client.listLogs(id, undefined, maxLines);
  const texts = first.lines.map(({ text }) => visibleLine(lastWritten(text)));
  return first.next === null ? texts : [...texts, ""];
}
