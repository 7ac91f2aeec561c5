import { Button, List, Popover, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ScheduleInfo, toSealrunError } from "@sealrun/protocol";
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Loading } from "../../parts/page/loading.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { Time } from "../../parts/time/time.tsx";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";

/** Buttons that run the package of a schedule now, and pause or resume the schedule. */
export function ScheduleActions({ schedule }: { readonly schedule: ScheduleInfo }): ReactNode {
  const { id, package: name, isPaused, pausedAt } = schedule;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const onError = (error: unknown): void => {
    const { code, message } = toSealrunError(error);
    notifications.show({ color: "red", title: "Nothing was changed", message: `${message} (${code})` });
  };
  const run = useMutation({
    mutationFn: async () => client.runSchedule(id),
    onSuccess: (started) => void navigate({ to: "/executions/$execution", params: { execution: started.id } }),
    onError,
  });
  const isHeld = pausedAt != null;
  const pause = useMutation({
    mutationFn: async () => client.pauseSchedule(id, !isHeld),
    onSuccess: async (changed) => {
      await queries.invalidateQueries({ queryKey: topicKey("schedules") });
      const done = isHeld ? "resumed" : "paused";
      const end = changed === null ? " and has ended: its only due time has passed" : "";
      notifications.show({ message: `The schedule of ${name} is ${done}${end}` });
    },
    onError,
  });
  // A manifest or an archive that pauses it is ended there.
  const canPause = isHeld || !isPaused;
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlayerPlay size={14} aria-hidden />}
        aria-label={`Run now: the schedule of ${name}`}
        loading={run.isPending}
        onClick={() => run.mutate()}
      >
        Run now
      </Button>
      {canPause ? (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={
            isHeld ? <IconPlayerTrackNext size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
          }
          aria-label={`${isHeld ? "Resume" : "Pause"} the schedule of ${name}`}
          loading={pause.isPending}
          onClick={() => pause.mutate()}
        >
          {isHeld ? "Resume" : "Pause"}
        </Button>
      ) : null}
    </>
  );
}

/** A button that shows the next five due times of a schedule, which are fetched when it is opened. */
export function NextTimes({ schedule }: { readonly schedule: ScheduleInfo }): ReactNode {
  const { id, package: name } = schedule;
  const client = useClient();
  const [isOpen, setIsOpen] = useState(false);
  const found = useQuery({
    queryKey: topicKey("schedules", "one", id),
    queryFn: async () => client.getSchedule(id),
    enabled: isOpen,
  });
  return (
    <Popover opened={isOpen} onChange={setIsOpen} withArrow shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          size="compact-xs"
          aria-label={`Show the next five times of ${name}`}
          onClick={() => setIsOpen(!isOpen)}
        >
          next five
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {found.data === undefined ? (
          found.error === null ? (
            <Loading rows={2} />
          ) : (
            <Problem error={found.error} />
          )
        ) : found.data.nextTimes.length === 0 ? (
          <Text size="sm">It is paused.</Text>
        ) : (
          <List size="sm" type="ordered">
            {found.data.nextTimes.map((time) => (
              <List.Item key={time}>
                <Time at={time} />
              </List.Item>
            ))}
          </List>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
