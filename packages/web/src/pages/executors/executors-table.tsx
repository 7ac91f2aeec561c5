import { Badge, Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { type Executor, type ExecutorState, stateOf } from "./executor-state.ts";

const looks = {
  live: { color: "green", words: "live" },
  unfit: { color: "red", words: "unhealthy" },
  draining: { color: "yellow", words: "draining" },
  absent: { color: "red", words: "absent" },
  revoked: { color: "gray", words: "revoked" },
} as const satisfies Record<ExecutorState, unknown>;

/** The executors of a pool; each links to its executions. */
export function ExecutorsTable(props: { readonly pool: string; readonly executors: readonly Executor[] }): ReactNode {
  return (
    <CardTable
      label={`Executors of pool ${props.pool}`}
      columns={["Executor", "State", "Running", "Sandbox", "Networks", "Last heartbeat", "Enrolled"]}
    >
      {props.executors.map((executor) => (
        <ExecutorRow key={executor.id} executor={executor} />
      ))}
    </CardTable>
  );
}

function ExecutorRow({ executor }: { readonly executor: Executor }): ReactNode {
  const { id, running, slots, lastSeenAt, enrolledAt, revokedAt, sandbox, trouble, networkForms } = executor;
  const state = stateOf(executor);
  const { color, words } = looks[state];
  return (
    <CardRow>
      <CardCell place="title">
        <LinkAnchor size="sm" to="/executions" search={{ executor: id }} aria-label={`Executions of ${id}`}>
          <Code>{id}</Code>
        </LinkAnchor>
      </CardCell>
      <CardCell place="end">
        <Badge color={color} variant="light" tt="none" fw={500}>
          {words}
        </Badge>
        {state === "unfit" && trouble !== null ? (
          <Text size="xs" c="dimmed">
            <ShownText text={`${trouble.message} (${trouble.code})`} />
          </Text>
        ) : null}
      </CardCell>
      <CardCell label="Running">
        <Text size="sm" component="span">
          {slots === 0 ? running : `${running} of ${slots}`}
        </Text>
      </CardCell>
      <CardCell label="Sandbox">
        <Text size="sm" component="span">
          {sandbox ?? "unknown"}
        </Text>
      </CardCell>
      <CardCell label="Networks">
        <Text size="sm" component="span">
          {networkForms?.join(", ") ?? "unknown"}
        </Text>
      </CardCell>
      <CardCell label="Last heartbeat">
        <Text size="sm" component="span">
          {lastSeenAt === null ? "never" : <Time at={lastSeenAt} />}
        </Text>
      </CardCell>
      <CardCell label={revokedAt === null ? "Enrolled" : "Revoked"}>
        <Text size="sm" component="span">
          <Time at={revokedAt ?? enrolledAt} />
        </Text>
      </CardCell>
    </CardRow>
  );
}
