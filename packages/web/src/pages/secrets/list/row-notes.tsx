import { Badge, Group, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { showCount } from "../../../parts/text/show-count.ts";
import { scopeWords, type SecretRow } from "./secret-rows.ts";

/** Notes about the scope that a name is read from: missing, from a wider scope, or overridden by a narrower one. */
export function RowNotes({ row }: { readonly row: SecretRow }): ReactNode {
  switch (row.kind) {
    case "missing":
      return (
        <Note color="orange" label="missing" more={`Asked for by ${row.by.join(", ")}, but not set in any scope`} />
      );
    case "wider":
      return (
        <Note
          color="gray"
          label={`from the ${scopeWords[row.info.scope]}`}
          more={`The ${scopeWords[row.info.scope]}'s secret is used here; add one of the same name to override it`}
        />
      );
    case "own":
      return <OwnNotes row={row} />;
  }
}

function OwnNotes({ row }: { readonly row: Extract<SecretRow, { kind: "own" }> }): ReactNode {
  const { overrides, overriddenIn } = row;
  const { count, packages } = overriddenIn;
  if (overrides.length === 0 && count === 0) return null;
  return (
    <Group gap={4}>
      {overrides.map(({ scope, version }) => (
        <Note
          key={scope}
          color="gray"
          label={`overrides ${scopeWords[scope]}`}
          more={`The ${scopeWords[scope]} also has this name, version ${version}; this secret is used instead`}
        />
      ))}
      {count === 0 ? null : (
        <Note
          color="orange"
          label={count === 1 ? "overridden in 1 package" : `overridden in ${showCount(count)} packages`}
          more={`In ${showSome(packages, count)} the package's own secret is used instead`}
        />
      )}
    </Group>
  );
}

function showSome(names: readonly string[], count: number): string {
  const more = count - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${showCount(more)} more`;
}

function Note(props: { readonly color: string; readonly label: string; readonly more: string }): ReactNode {
  return (
    <Tooltip label={props.more} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Badge
        color={props.color}
        variant="light"
        tt="none"
        fw={500}
        aria-label={`${props.label}: ${props.more}`}
        role="note"
      >
        {props.label}
      </Badge>
    </Tooltip>
  );
}
