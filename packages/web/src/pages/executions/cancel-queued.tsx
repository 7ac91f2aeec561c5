import { Button, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Client, ExecutionFilter } from "@sealrun/client";
import { toSealrunError } from "@sealrun/protocol";
import { IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { Question } from "../../parts/page/question.tsx";
import { toStatisticsFilter } from "./filter.ts";
import type { ExecutionsSearch } from "./search.ts";
import { showCount } from "../../parts/text/show-count.ts";

/** Cancels every queued execution that matches the filters, after a question. */
export function CancelQueued(props: { readonly search: ExecutionsSearch; readonly count: number }): ReactNode {
  const { search, count } = props;
  const client = useClient();
  const queries = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [done, setDone] = useState(0);
  const cancel = async (): Promise<void> => {
    setDone(0);
    try {
      const cancelled = await cancelAll(client, toStatisticsFilter(search, Date.now()), setDone);
      notifications.show({
        message: cancelled === 1 ? "1 execution cancelled" : `${showCount(cancelled)} executions cancelled`,
      });
    } finally {
      await queries.invalidateQueries({ queryKey: topicKey("executions") });
    }
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconX size={14} aria-hidden />}
        onClick={() => setIsOpen(true)}
      >
        Cancel {count === 1 ? "the queued one" : `all ${showCount(count)} queued`}
      </Button>
      <Question
        title={count === 1 ? "Cancel 1 queued execution?" : `Cancel ${showCount(count)} queued executions?`}
        yes="Cancel them"
        no="Keep them"
        isDangerous
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onYes={cancel}
      >
        <Text size="sm">
          All queued executions that match these filters are cancelled and will not run. Executions that start in the
          meantime are not affected.
        </Text>
        {done === 0 ? null : <Progress value={Math.min((done / count) * 100, 100)} aria-label="Cancelled so far" />}
      </Question>
    </>
  );
}

const maxParallel = 8;

async function cancelAll(client: Client, filter: ExecutionFilter, onDone: (count: number) => void): Promise<number> {
  let count = 0;
  let before: string | undefined;
  do {
    const page = await client.listExecutions({ ...filter, status: "queued", limit: 200, before });
    for (let at = 0; at < page.executions.length; at += maxParallel) {
      const some = page.executions.slice(at, at + maxParallel);
      const ends = await Promise.all(some.map(async ({ id }) => cancelQueued(client, id)));
      count += ends.filter(Boolean).length;
      onDone(count);
    }
    before = page.next ?? undefined;
  } while (before !== undefined);
  return count;
}

/** False for an execution that has ended in the meantime. */
async function cancelQueued(client: Client, id: string): Promise<boolean> {
  try {
    await client.cancelExecution(id);
    return true;
  } catch (error) {
    if (toSealrunError(error).code === "EXECUTION_ENDED") return false;
    throw error;
  }
}
