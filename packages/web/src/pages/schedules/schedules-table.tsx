import { Badge, Button, Code, Group, Stack, Text } from "@mantine/core";
import type { ScheduleInfo } from "@sealrun/protocol";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { LinkAnchor, LinkPlain } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { StatusBadge } from "../../parts/page/status-badge.tsx";
import { Time } from "../../parts/time/time.tsx";
import { cronInWords } from "../../parts/time/cron-words.ts";
import { NextTimes, ScheduleActions } from "./schedule-actions.tsx";

/** Schedules as rows. Schedules of scripts can be deleted; schedules of manifests belong to their package. */
export function SchedulesTable(props: {
  readonly schedules: readonly ScheduleInfo[];
  readonly hasProject: boolean;
  readonly onDelete: (schedule: ScheduleInfo) => void;
}): ReactNode {
  const { schedules, hasProject, onDelete } = props;
  const columns = ["Package", ...(hasProject ? ["Project"] : []), "When", "Next", "Last", "Requested by"];
  return (
    <CardTable label="Schedules, the next one first" columns={columns} actions="Actions">
      {schedules.map((schedule) => (
        <ScheduleRow key={schedule.id} schedule={schedule} hasProject={hasProject} onDelete={onDelete} />
      ))}
    </CardTable>
  );
}

function ScheduleRow(props: {
  readonly schedule: ScheduleInfo;
  readonly hasProject: boolean;
  readonly onDelete: (schedule: ScheduleInfo) => void;
}): ReactNode {
  const { schedule, hasProject, onDelete } = props;
  const { project, package: name, kind, createdBy } = schedule;
  return (
    <CardRow>
      <CardCell place="title">
        <LinkAnchor size="sm" fw={500} to="/projects/$project/packages/$package" params={{ project, package: name }}>
          <ShownText text={name} />
        </LinkAnchor>
      </CardCell>
      {hasProject ? (
        <CardCell label="Project">
          <LinkAnchor size="sm" to="/projects/$project" params={{ project }}>
            <ShownText text={project} />
          </LinkAnchor>
        </CardCell>
      ) : null}
      <CardCell label="When">
        <When schedule={schedule} />
      </CardCell>
      <CardCell label="Next">
        <Next schedule={schedule} />
      </CardCell>
      <CardCell label="Last">
        <Last last={schedule.last} />
      </CardCell>
      <CardCell label="Requested by">
        <Text size="sm" component="span">
          {kind === "manifest" ? "its manifest" : "a script"}
          {kind === "manifest" ? null : (
            <Text size="xs" c="dimmed" component="span" display="block">
              <ShownText text={createdBy} />
            </Text>
          )}
        </Text>
      </CardCell>
      <CardCell>
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <ScheduleActions schedule={schedule} />
          {kind === "script" ? (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconTrash size={14} aria-hidden />}
              aria-label={`Delete the schedule of ${name}`}
              onClick={() => onDelete(schedule)}
            >
              Delete
            </Button>
          ) : null}
        </Group>
      </CardCell>
    </CardRow>
  );
}

function When({ schedule: { cron, timezone, missed } }: { readonly schedule: ScheduleInfo }): ReactNode {
  if (cron === null) return <Text size="sm">once</Text>;
  const words = cronInWords(cron);
  return (
    <Stack gap={2}>
      {words === undefined ? null : <Text size="sm">{words}</Text>}
      <Group gap={6}>
        <Code>{cron}</Code>
        <Text size="xs" c="dimmed">
          <ShownText text={timezone ?? "UTC"} />
          {missed === "run_once" ? ", runs late if missed" : ""}
        </Text>
      </Group>
    </Stack>
  );
}

function Next({ schedule }: { readonly schedule: ScheduleInfo }): ReactNode {
  const { isPaused, nextAt } = schedule;
  if (isPaused || nextAt === null) {
    return (
      <Badge color="gray" variant="light" tt="none" fw={500}>
        paused
      </Badge>
    );
  }
  return (
    <Group gap={4}>
      <Text size="sm" component="span">
        <Time at={nextAt} />
      </Text>
      {schedule.cron === null ? null : <NextTimes schedule={schedule} />}
    </Group>
  );
}

function Last({ last }: Pick<ScheduleInfo, "last">): ReactNode {
  if (last === null) {
    return (
      <Text size="sm" c="dimmed" component="span">
        never
      </Text>
    );
  }
  return (
    <Group gap={6}>
      <LinkPlain
        to="/executions/$execution"
        params={{ execution: last.execution }}
        aria-label={`Execution that it started last: ${last.status}`}
      >
        <StatusBadge status={last.status} />
      </LinkPlain>
      <Text size="xs" c="dimmed" component="span">
        <Time at={last.dueAt} />
      </Text>
    </Group>
  );
}
