import { Code, Group, Text } from "@mantine/core";
import type { AuditRow } from "@sealrun/protocol";
import { IconExternalLink } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { LinkAnchor, LinkIcon } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { showHidden } from "../../parts/text/visible-text.ts";
import classes from "./audit-table.module.css";
import { detailParts } from "./detail-parts.ts";
import type { AuditSearch } from "./search.ts";

/** Rows of the audit; a click on an actor, an action or an object shows all rows with it. */
export function AuditTable(props: { readonly rows: readonly AuditRow[]; readonly search: AuditSearch }): ReactNode {
  return (
    <CardTable label="Rows of the audit" columns={["Action", "When", "Actor", "Object", "Details"]}>
      {props.rows.map((row) => (
        <Row key={row.seq} row={row} search={props.search} />
      ))}
    </CardTable>
  );
}

function Row({ row, search }: { readonly row: AuditRow; readonly search: AuditSearch }): ReactNode {
  const { at, actor, action, object } = row;
  return (
    <CardRow>
      <CardCell place="title">
        <LinkAnchor
          size="sm"
          fw={500}
          className={classes["whole"]}
          to="/audit"
          search={{ ...search, action }}
          title={`Row ${row.seq}`}
        >
          <ShownText text={action} />
        </LinkAnchor>
      </CardCell>
      <CardCell place="end">
        <Text size="sm" c="dimmed">
          <Time at={at} />
        </Text>
      </CardCell>
      <CardCell label="by">
        <LinkAnchor size="sm" className={classes["words"]} to="/audit" search={{ ...search, actor }}>
          <ShownText text={actor} />
        </LinkAnchor>
      </CardCell>
      <CardCell label="about">
        <Group gap={4} wrap="nowrap">
          <LinkAnchor size="sm" className={classes["words"]} to="/audit" search={{ ...search, object }}>
            <ShownText text={object} />
          </LinkAnchor>
          {object.startsWith("exe_") ? (
            <LinkIcon
              size="sm"
              variant="subtle"
              color="gray"
              to="/executions/$execution"
              params={{ execution: object }}
              aria-label={`Open execution ${showHidden(object)}`}
            >
              <IconExternalLink size={14} aria-hidden />
            </LinkIcon>
          ) : null}
        </Group>
      </CardCell>
      <CardCell>
        <Details row={row} />
      </CardCell>
    </CardRow>
  );
}

function Details({ row }: { readonly row: AuditRow }): ReactNode {
  return (
    <Group gap="4px 10px">
      {detailParts(row.detail).map(({ name, text }) => (
        <Text key={name} span size="xs">
          <Text span inherit c="dimmed">
            <ShownText text={name} />
          </Text>{" "}
          <Code>
            <ShownText text={text} />
          </Code>
        </Text>
      ))}
    </Group>
  );
}
