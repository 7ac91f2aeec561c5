import { Badge, Paper, Text } from "@mantine/core";
import { type HealthCheck, showDuration } from "@sealrun/protocol";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { Sentence } from "../../parts/page/sentence.tsx";
import { checkNames } from "./health-summary.ts";

const looks = {
  good: { color: "green", words: "good", Icon: IconCircleCheck },
  warning: { color: "yellow", words: "attention", Icon: IconAlertTriangle },
  bad: { color: "red", words: "bad", Icon: IconCircleX },
} as const satisfies Record<HealthCheck["state"], unknown>;

/** Every check: its state, a sentence on what to do, and how long it took to answer. */
export function Checks({ checks }: { readonly checks: readonly HealthCheck[] }): ReactNode {
  return (
    <Paper withBorder px="xs">
      <CardTable label="Checks" columns={["Check", "State", "Details", "Answered in"]}>
        {checks.map((check) => (
          <CheckRow key={check.name} check={check} />
        ))}
      </CardTable>
    </Paper>
  );
}

function CheckRow({ check }: { readonly check: HealthCheck }): ReactNode {
  const { color, words, Icon } = looks[check.state];
  return (
    <CardRow>
      <CardCell place="title">
        <Text size="sm" fw={600} component="span" style={{ whiteSpace: "nowrap" }}>
          {checkNames[check.name]}
        </Text>
      </CardCell>
      <CardCell place="end">
        <Badge color={color} variant="light" tt="none" fw={500} leftSection={<Icon size={14} aria-hidden />}>
          {words}
        </Badge>
      </CardCell>
      <CardCell>
        <Text size="sm" component="span">
          <Sentence text={check.sentence} />
        </Text>
      </CardCell>
      <CardCell label={check.latencyMs === null ? undefined : "Answered in"}>
        {check.latencyMs === null ? null : (
          <Text size="sm" c="dimmed" component="span">
            {showDuration(check.latencyMs)}
          </Text>
        )}
      </CardCell>
    </CardRow>
  );
}
