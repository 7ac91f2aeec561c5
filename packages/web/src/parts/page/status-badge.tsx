import { Badge } from "@mantine/core";
import type { ExecutionStatus, StepStatus } from "@sealrun/protocol";
import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconClock,
  IconGhost,
  IconPlayerPlay,
} from "@tabler/icons-react";
import type { ReactNode } from "react";

type Status = ExecutionStatus | StepStatus;

const looks = {
  queued: { color: "gray", Icon: IconClock },
  pending: { color: "gray", Icon: IconCircleDashed },
  running: { color: "blue", Icon: IconPlayerPlay },
  succeeded: { color: "green", Icon: IconCircleCheck },
  failed: { color: "red", Icon: IconCircleX },
  lost: { color: "orange", Icon: IconGhost },
  cancelled: { color: "gray", Icon: IconCircleMinus },
  skipped: { color: "gray", Icon: IconCircleMinus },
} as const satisfies Record<Status, unknown>;

/** The colour of a status in badges, timelines and charts. */
export function statusColor(status: Status): string {
  return looks[status].color;
}

/** A status in words and with an icon, so that it can be read without colour. */
export function StatusBadge({ status }: { readonly status: Status }): ReactNode {
  const { color, Icon } = looks[status];
  return (
    <Badge color={color} variant="light" tt="none" fw={500} leftSection={<Icon size={14} aria-hidden />}>
      {status}
    </Badge>
  );
}
