import { Code, CopyButton, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { type ExecutionInfo, isFinal, showDuration } from "@sealrun/protocol";
import { type ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { shortId } from "../../parts/text/short-id.ts";
import { useTicking } from "../../parts/time/use-ticking.ts";
import classes from "./facts.module.css";

/** The package of an execution, what started it and when, how long it took and where it ran. */
export function Facts({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { project, package: name, version, executor, priority, notBefore, network } = execution;
  const sandbox = execution.attempts.at(-1)?.sandbox ?? null;
  return (
    <div className={classes["facts"]}>
      <span>
        <LinkAnchor size="sm" to="/projects/$project" params={{ project }}>
          <ShownText text={project} />
        </LinkAnchor>
      </span>
      <span>
        <LinkAnchor
          size="sm"
          to="/projects/$project/packages/$package"
          params={{ project, package: name }}
          search={{ version }}
        >
          version {version}
        </LinkAnchor>
      </span>
      <span>
        <StartedBy execution={execution} /> <Time at={execution.createdAt} />
      </span>
      <Duration execution={execution} />
      {executor === null ? null : (
        <span>
          on{" "}
          <LinkAnchor size="sm" to="/executions" search={{ executor }}>
            {shortId(executor)}
          </LinkAnchor>
        </span>
      )}
      {sandbox === null ? null : (
        <span>
          sandbox{" "}
          <LinkAnchor size="sm" to="/guides/$" params={{ _splat: "security-model" }} hash="sandbox-levels">
            {sandbox}
          </LinkAnchor>
        </span>
      )}
      <span>priority {priority}</span>
      {network == null ? null : network === "host" ? (
        <Text span inherit c="var(--mantine-color-orange-light-color)">
          network: the executor&apos;s machine
        </Text>
      ) : (
        <span>network: {network === "named" ? "named hosts" : network}</span>
      )}
      {notBefore !== null && execution.startedAt === null ? (
        <span>
          not before <Time at={notBefore} />
        </span>
      ) : null}
      <CopiedId id={execution.id} />
    </div>
  );
}

function StartedBy({ execution: { trigger, project } }: { readonly execution: ExecutionInfo }): ReactNode {
  switch (trigger.kind) {
    case "request":
      return "started by request";
    case "schedule":
      return (
        <>
          started by{" "}
          <LinkAnchor size="sm" to="/schedules" search={{ project }}>
            schedule
          </LinkAnchor>{" "}
          due <Time at={trigger.dueAt} />, accepted
        </>
      );
    case "event":
      return (
        <>
          started by event <ShownText text={trigger.type} /> from{" "}
          {trigger.executionId === null ? (
            <ShownText text={trigger.source} />
          ) : (
            <LinkAnchor size="sm" to="/executions/$execution" params={{ execution: trigger.executionId }}>
              <ShownText text={trigger.source} />
            </LinkAnchor>
          )}
        </>
      );
  }
}

function Duration({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { startedAt, finishedAt, status } = execution;
  const now = useTicking(!isFinal(status));
  if (startedAt === null) return <span>{isFinal(status) ? "did not start" : "not started yet"}</span>;
  const end = finishedAt === null ? now : Date.parse(finishedAt);
  const took = showDuration(Math.max(end - Date.parse(startedAt), 0));
  return <span>{isFinal(status) ? `took ${took}` : `running for ${took}`}</span>;
}

function CopiedId({ id }: { readonly id: string }): ReactNode {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy the id"}>
          <UnstyledButton onClick={copy} aria-label={`Copy the id ${id}`}>
            <Code>{id}</Code>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
