import { Progress, Stack, Text } from "@mantine/core";
import { type PlatformHealth, showSize } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Panel } from "../../parts/page/page.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import classes from "./health-facts.module.css";
import { showCount } from "../../parts/text/show-count.ts";

/** How many executions are queued and running. */
export function QueueFacts({ queue }: Pick<PlatformHealth, "queue">): ReactNode {
  if (queue === null) return <Facts title="Queue" rows={undefined} />;
  const { queued, published, running, oldestQueuedAt } = queue;
  return (
    <Facts
      title="Queue"
      rows={[
        [
          "Running",
          <LinkAnchor key="running" size="sm" to="/executions" search={{ status: ["running"], span: "90d" }}>
            {showCount(running)}
          </LinkAnchor>,
        ],
        [
          "Queued",
          <LinkAnchor key="queued" size="sm" to="/executions" search={{ status: ["queued"], span: "90d" }}>
            {showCount(queued)}
          </LinkAnchor>,
        ],
        ["Of these offered to executors", showCount(published)],
        ["Oldest waiting since", oldestQueuedAt === null ? "none" : <Time key="oldest" at={oldestQueuedAt} />],
      ]}
    />
  );
}

/** How full the NATS streams are. */
export function StreamFacts({ nats }: Pick<PlatformHealth, "nats">): ReactNode {
  if (nats === null) return <Facts title="NATS" rows={undefined} />;
  return (
    <Facts title="NATS" rows={[["Version", nats.version]]}>
      {nats.streams.map(({ name, messages, bytes, maxBytes }) => {
        const percent = maxBytes === null ? undefined : Math.min((bytes / maxBytes) * 100, 100);
        return (
          <Stack key={name} gap={4}>
            <Text size="sm">
              Stream <ShownText text={name} />:{" "}
              <Text span c="dimmed" size="sm">
                {showCount(messages)} message{messages === 1 ? "" : "s"}, {showSize(bytes)}
                {maxBytes === null ? ", no limit" : ` of ${showSize(maxBytes)}`}
              </Text>
            </Text>
            {percent === undefined ? null : (
              <Progress
                value={percent}
                color={percent >= 80 ? "orange" : "accent"}
                aria-label={`Stream ${name} is ${Math.floor(percent)} % full`}
              />
            )}
          </Stack>
        );
      })}
    </Facts>
  );
}

/** The process that answered. */
export function PlatformFacts({ platform }: Pick<PlatformHealth, "platform">): ReactNode {
  const { version, startedAt, memoryBytes, node } = platform;
  return (
    <Facts
      title="Platform"
      rows={[
        ["Version", version],
        ["Started", <Time key="started" at={startedAt} />],
        ["Memory", showSize(memoryBytes)],
        ["Node", node],
      ]}
    />
  );
}

/** The platform's database. */
export function DatabaseFacts({ postgres }: Pick<PlatformHealth, "postgres">): ReactNode {
  if (postgres === null) return <Facts title="PostgreSQL" rows={undefined} />;
  return (
    <Facts
      title="PostgreSQL"
      rows={[
        ["Version", postgres.version],
        ["Size of the database", showSize(postgres.databaseBytes)],
        ["Connections", postgres.connections],
      ]}
    />
  );
}

function Facts(props: {
  readonly title: string;
  /** Undefined when the service did not answer. */
  readonly rows: readonly (readonly [name: string, value: ReactNode])[] | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <Panel title={props.title}>
      {props.rows === undefined ? (
        <Text size="sm" c="dimmed">
          It did not answer.
        </Text>
      ) : (
        <Stack gap="sm">
          <dl className={classes["facts"]}>
            {props.rows.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {props.children}
        </Stack>
      )}
    </Panel>
  );
}
