import { Badge, Card, Group, Skeleton, Text } from "@mantine/core";
import type { ProjectInfo } from "@sealrun/protocol";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { findAttention } from "../home/attention.ts";
import { overviewQuery } from "../home/overview-query.ts";
import classes from "./project-card.module.css";

/** A project: how many packages it has, how many of them need attention, and when something last ran. */
export function ProjectCard({ project }: { readonly project: ProjectInfo }): ReactNode {
  const client = useClient();
  const { data, error } = useQuery(overviewQuery(client, project.name));
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
      {data === undefined ? (
        error === null ? (
          <Skeleton height={20} mt="xs" aria-hidden />
        ) : (
          <Text size="sm" c="dimmed" mt="xs">
            Its packages cannot be loaded right now
          </Text>
        )
      ) : (
        <Facts packages={data.packages} createdAt={project.createdAt} />
      )}
    </Card>
  );
}

function Facts(props: {
  readonly packages: Parameters<typeof findAttention>[0];
  readonly createdAt: string;
}): ReactNode {
  const { packages, createdAt } = props;
  const attentionCount = findAttention(packages).length;
  const last = packages
    .flatMap(({ lastRun }) => (lastRun === null ? [] : [lastRun.createdAt]))
    .toSorted()
    .at(-1);
  return (
    <Group gap="xs" mt={6}>
      <Text size="sm" c="dimmed">
        {packages.length === 0 ? "No packages yet" : `${packages.length} package${packages.length === 1 ? "" : "s"}`}
        {" · "}
        {last === undefined ? (
          <>
            created <Time at={createdAt} />
          </>
        ) : (
          <>
            last run <Time at={last} />
          </>
        )}
      </Text>
      {attentionCount === 0 ? null : (
        <Badge color="orange" variant="light" tt="none" fw={500}>
          {attentionCount} need{attentionCount === 1 ? "s" : ""} attention
        </Badge>
      )}
    </Group>
  );
}
