import { Chip, Group } from "@mantine/core";
import { type ExecutionStatus, executionStatus } from "@sealrun/protocol";
import type { ReactNode } from "react";
import { statusColor } from "../../parts/page/status-badge.tsx";
import { showCount } from "../../parts/text/show-count.ts";

/** A toggle for each status, with its count; with none pressed, all statuses are shown. */
export function StatusToggles(props: {
  readonly counts: Readonly<Record<ExecutionStatus, number>> | undefined;
  readonly chosen: readonly ExecutionStatus[];
  readonly onChoose: (chosen: ExecutionStatus[]) => void;
}): ReactNode {
  const { counts, chosen, onChoose } = props;
  const toggle = (status: ExecutionStatus, isOn: boolean): void =>
    onChoose(executionStatus.options.filter((each) => (each === status ? isOn : chosen.includes(each))));
  return (
    <Group gap={6} role="group" aria-label="Status">
      {executionStatus.options.map((status) => (
        <Chip
          key={status}
          size="sm"
          radius="xl"
          variant="light"
          color={statusColor(status)}
          checked={chosen.includes(status)}
          onChange={(isOn) => toggle(status, isOn)}
        >
          {status} {counts === undefined ? "" : showCount(counts[status])}
        </Chip>
      ))}
    </Group>
  );
}
