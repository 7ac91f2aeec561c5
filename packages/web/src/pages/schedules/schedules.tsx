import { Code, Paper, Select, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ScheduleInfo } from "@sealrun/protocol";
import { IconCalendarTime } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../platform/queries.ts";
import { Empty } from "../../parts/page/empty.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { Question } from "../../parts/page/question.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { SchedulesTable } from "./schedules-table.tsx";

/** All schedules, the next one first. */
export function SchedulesPage(): ReactNode {
  const { project } = useSearch({ from: "/schedules" });
  const client = useClient();
  const found = useQuery({
    queryKey: topicKey("schedules", project),
    queryFn: async () => client.listSchedules({ project }),
    meta: alsoOf("executions", "packages"),
  });
  return (
    <Page
      title="Schedules"
      lead={
        <>
          Packages that run at set times: by the cron text of their manifest, or because a script asked for a later run.{" "}
          <LinkAnchor size="sm" underline="always" to="/guides/$" params={{ _splat: "events-and-schedules" }}>
            How to schedule
          </LinkAnchor>
        </>
      }
      actions={<ProjectChoice project={project} />}
    >
      {found.data === undefined ? (
        found.error === null ? (
          <Loading />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} guide="events-and-schedules" />
        )
      ) : found.data.length === 0 ? (
        <NoSchedule project={project} />
      ) : (
        <Schedules schedules={found.data} hasProject={project === undefined} />
      )}
    </Page>
  );
}

function ProjectChoice({ project }: { readonly project: string | undefined }): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const { data } = useQuery({ queryKey: topicKey("projects"), queryFn: async () => client.listProjects() });
  const names = new Set([...(data ?? []).map(({ name }) => name), ...(project === undefined ? [] : [project])]);
  return (
    <Select
      aria-label="Project"
      placeholder="All projects"
      data={[...names]}
      value={project ?? null}
      onChange={(value) => void navigate({ to: "/schedules", search: { project: value ?? undefined } })}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "All projects" }}
    />
  );
}

function Schedules(props: { readonly schedules: readonly ScheduleInfo[]; readonly hasProject: boolean }): ReactNode {
  const client = useClient();
  const queries = useQueryClient();
  const [toDelete, setToDelete] = useState<ScheduleInfo>();
  const [isAsking, setIsAsking] = useState(false);
  const deleteSchedule = async (): Promise<void> => {
    if (toDelete === undefined) return;
    await client.deleteSchedule(toDelete.id);
    await queries.invalidateQueries({ queryKey: topicKey("schedules") });
    notifications.show({ message: `The schedule of ${toDelete.package} was deleted` });
  };
  const ask = (schedule: ScheduleInfo): void => {
    setToDelete(schedule);
    setIsAsking(true);
  };
  return (
    <>
      <Paper withBorder px="xs">
        <SchedulesTable {...props} onDelete={ask} />
      </Paper>
      <Question
        title="Delete this schedule?"
        yes="Delete it"
        no="Keep it"
        isDangerous
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onYes={deleteSchedule}
      >
        <Text size="sm">
          This schedule will no longer start <ShownText text={toDelete?.package ?? ""} />. Runs already started
          continue. The script that asked for the schedule can ask for it again.
        </Text>
      </Question>
    </>
  );
}

function NoSchedule({ project }: { readonly project: string | undefined }): ReactNode {
  return (
    <Empty
      icon={<IconCalendarTime aria-hidden />}
      title={project === undefined ? "Nothing is scheduled" : `Nothing is scheduled in ${project}`}
      action={
        <LinkButton variant="light" to="/guides/$" params={{ _splat: "events-and-schedules" }}>
          How to schedule a package
        </LinkButton>
      }
    >
      Give a package a due time in its manifest.json, such as <Code>{'"schedule": "0 7 * * 1-5"'}</Code>, and upload it
      again.
    </Empty>
  );
}
