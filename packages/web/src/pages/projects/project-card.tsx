import { Badge, Card, Group, Skeleton, Text } from "@mantine/core";
import type { ProjectInfo, ProjectSummary } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import classes from "./project-card.module.css";
import { showCount } from "../../parts/text/show-count.ts";

/** A project: how many packages it has, how many of them need attention, and when something last ran. */
export function ProjectCard(props: {
  readonly project: ProjectInfo;
  /** Undefined until it is loaded. */
  readonly summary: ProjectSummary | undefined;
  readonly hasFailed: boolean;
}): ReactNode {
  const { project, summary, hasFailed } = props;
  return (
    <Card withBorder padding="md" className={classes["card"]} component="li">
      <LinkAnchor
        to="/projects/$project"
        params={{ project: project.name }}
        fw={600}
        size="lg"
        className={classes["link"]}
      >
        <ShownText text={project.name} />
      </LinkAnchor>
      {project.archivedAt == null ? null : (
        <Badge color="gray" variant="light" tt="none" fw={500} mt={4}>
          archived
        </Badge>
      )}
      {summary === undefined ? (
        hasFailed ? (
          <Text size="sm" c="dimmed" mt="xs">
            Its packages cannot be loaded right now
          </Text>
        ) : (
          <Skeleton height={20} mt="xs" aria-hidden />
        )
      ) : (
        <Facts summary={summary} createdAt={project.createdAt} />
      )}
    </Card>
  );
}

function Facts(props: { readonly summary: ProjectSummary; readonly createdAt: string }): ReactNode {
  const { packages, needAttention, lastRunAt } = props.summary;
  return (
    <Group gap="xs" mt={6}>
      <Text size="sm" c="dimmed">
        {packages === 0 ? "No packages yet" : `${showCount(packages)} package${packages === 1 ? "" : "s"}`}
        {" · "}
        {lastRunAt === null ? (
          <>
            created <Time at={props.createdAt} />
          </>
        ) : (
          <>
            last run <Time at={lastRunAt} />
          </>
        )}
      </Text>
      {needAttention === 0 ? null : (
        <Badge color="orange" variant="light" tt="none" fw={500}>
          {showCount(needAttention)} need{needAttention === 1 ? "s" : ""} attention
        </Badge>
      )}
    </Group>
  );
}
