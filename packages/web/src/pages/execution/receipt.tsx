import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { type ExecutionInfo, isFinal, type ReceiptRow } from "@sealrun/protocol";
import { IconBan, IconKey, IconQuestionMark, IconReceipt } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ExportMenu } from "../../parts/export/export-menu.tsx";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { Empty } from "../../parts/page/empty.tsx";
import { Connections } from "./connections.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { AddMissing } from "../secrets/set/add-missing.tsx";
import { useRunAgain } from "./run-again.ts";

/** The secrets that an execution read, with version and scope, or that were missing or refused. Never values. */
export function ReceiptPanel({ execution }: { readonly execution: ExecutionInfo }): ReactNode {
  const { receipt, connections = [] } = execution;
  if (receipt.length === 0) {
    return connections.length > 0 ? (
      <Connections rows={connections} />
    ) : (
      <Empty icon={<IconReceipt aria-hidden />} title="It has read no secrets">
        Each secret that a script asks for is noted here: its name, where it came from and its version, never its value.
        See the guide <a href="/guides/secrets#receipts">Secrets</a>.
      </Empty>
    );
  }
  const hasAttempts = execution.attempts.length > 1;
  const columns = ["Name", "Outcome", "From", "Step", ...(hasAttempts ? ["Attempt"] : []), "When"];
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed">
          {summary(receipt)}
        </Text>
        <ExportMenu
          name={`receipt-${execution.id}`}
          columns={["name", "outcome", "scope", "version", "step", "attempt", "time", "masking"]}
          read={async () => ({ rows: receipt, isCut: false })}
          cellsOf={({ name, outcome, scope, version, step, attempt, time, masking }) => [
            name,
            outcome,
            scope,
            version,
            step,
            attempt ?? null,
            time,
            masking,
          ]}
        />
      </Group>
      <Paper withBorder p="xs">
        <CardTable label="Receipt" columns={columns}>
          {receipt.map((row, index) => (
            <CardRow key={index}>
              <CardCell place="title">
                <Text size="sm" ff="monospace" component="span">
                  <ShownText text={row.name} />
                </Text>
              </CardCell>
              <CardCell label="Outcome">
                <Outcome outcome={row.outcome} />
                <Masked masking={row.masking} />
              </CardCell>
              <CardCell label="From">
                <From row={row} execution={execution} />
              </CardCell>
              <CardCell label="Step">
                <Text size="sm" ff="monospace" component="span">
                  <ShownText text={row.step} />
                </Text>
              </CardCell>
              {hasAttempts ? <CardCell label="Attempt">{row.attempt ?? "–"}</CardCell> : null}
              <CardCell label="When">
                <Time at={row.time} />
              </CardCell>
            </CardRow>
          ))}
        </CardTable>
      </Paper>
      <Connections rows={connections} />
      {execution.reportsComplete || execution.reportsGap !== null ? null : (
        <Text size="xs" c="dimmed">
          Rows may still arrive.
        </Text>
      )}
    </Stack>
  );
}

function From({ row, execution }: { readonly row: ReceiptRow; readonly execution: ExecutionInfo }): ReactNode {
  const { project, package: name } = execution;
  if (row.outcome === "refused") {
    return (
      <Text size="sm">
        not declared by this step; see <a href="/guides/packages#manifestjson">Packages</a>
      </Text>
    );
  }
  if (row.scope === null) {
    return (
      <Group gap="xs" wrap="nowrap">
        <Text size="sm">not set in any scope</Text>
        <AddIt execution={execution} name={row.name} />
      </Group>
    );
  }
  const text = `${row.scope}, version ${row.version ?? "unknown"}`;
  switch (row.scope) {
    case "service":
      return (
        <LinkAnchor
          size="sm"
          to="/projects/$project/packages/$package/secrets"
          params={{ project, package: name }}
          search={{ find: row.name }}
        >
          {text}
        </LinkAnchor>
      );
    case "project":
      return (
        <LinkAnchor size="sm" to="/projects/$project/secrets" params={{ project }} search={{ find: row.name }}>
          {text}
        </LinkAnchor>
      );
    case "platform":
      return (
        <LinkAnchor size="sm" to="/vault/secrets" search={{ find: row.name }}>
          {text}
        </LinkAnchor>
      );
  }
}

function AddIt({ execution, name }: { readonly execution: ExecutionInfo; readonly name: string }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const { run } = useRunAgain(execution.id);
  const after = { words: "Seal, save and run again", act: () => run("newest") };
  return (
    <>
      <Button size="compact-xs" variant="light" aria-label={`Add it: ${name}`} onClick={() => setIsOpen(true)}>
        Add it
      </Button>
      {isOpen ? (
        <AddMissing
          target={execution}
          name={name}
          after={isFinal(execution.status) ? after : undefined}
          onClose={() => setIsOpen(false)}
        />
      ) : null}
    </>
  );
}

const outcomes = {
  read: { color: "green", Icon: IconKey },
  missing: { color: "orange", Icon: IconQuestionMark },
  refused: { color: "red", Icon: IconBan },
} as const satisfies Record<ReceiptRow["outcome"], unknown>;

function Outcome({ outcome }: { readonly outcome: ReceiptRow["outcome"] }): ReactNode {
  const { color, Icon } = outcomes[outcome];
  return (
    <Badge color={color} variant="light" tt="none" fw={500} leftSection={<Icon size={12} aria-hidden />}>
      {outcome}
    </Badge>
  );
}

const maskings = {
  all: "masked",
  part: "masked, except parts that are too short or common words",
  none: "too short to mask",
} as const satisfies Record<NonNullable<ReceiptRow["masking"]>, string>;

/** How much of the value the log and results hide. */
function Masked({ masking }: { readonly masking: ReceiptRow["masking"] }): ReactNode {
  if (masking === null) return null;
  return (
    <Text size="xs" c={masking === "none" ? "orange" : "dimmed"}>
      {maskings[masking]}
    </Text>
  );
}

function summary(receipt: readonly ReceiptRow[]): string {
  const counts = (["read", "missing", "refused"] as const)
    .map(
      (outcome) =>
        [outcome, new Set(receipt.filter((row) => row.outcome === outcome).map(({ name }) => name)).size] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  return `Names asked for: ${counts.join(", ")}. Values are never kept here.`;
}
