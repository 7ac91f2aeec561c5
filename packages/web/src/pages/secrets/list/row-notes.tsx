import { Badge, Group, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { scopeWords, type SecretRow } from "./secret-rows.ts";

/** Which scope answers a name, where that is not plain: missing, from a wider scope, or covered by a narrower one. */
export function RowNotes({ row }: { readonly row: SecretRow }): ReactNode {
  switch (row.kind) {
    case "missing":
      return <Note color="orange" label="missing" more={`Asked for by ${row.by.join(", ")}, and set in no scope`} />;
    case "wider":
      return (
        <Note
          color="gray"
          label={`from the ${scopeWords[row.info.scope]}`}
          more={`The ${scopeWords[row.info.scope]}'s secret answers here; add one of the same name to answer instead`}
        />
      );
    case "own":
      return <OwnNotes row={row} />;
  }
}

function OwnNotes({ row }: { readonly row: Extract<SecretRow, { kind: "own" }> }): ReactNode {
  const { covers, coveredIn } = row;
  const [first] = coveredIn;
  if (covers.length === 0 && first === undefined) return null;
  return (
    <Group gap={4}>
      {covers.map(({ scope, version }) => (
        <Note
          key={scope}
          color="gray"
          label={`covers ${scopeWords[scope]}`}
          more={`The ${scopeWords[scope]} has the name too, version ${version}; this one answers before it`}
        />
      ))}
      {first === undefined ? null : (
        <Note
          color="orange"
          label={coveredIn.length === 1 ? "covered in 1 package" : `covered in ${coveredIn.length} packages`}
          more={`In ${coveredIn.join(", ")} the package's own secret answers instead`}
        />
      )}
    </Group>
  );
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
