import { Anchor, Badge, Code, Group, Text } from "@mantine/core";
import type { AuditRow } from "@sealrun/protocol";
import { IconExternalLink } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { CardCell, CardRow, CardTable } from "../../parts/page/card-table.tsx";
import { LinkAnchor, LinkIcon } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { exactTime } from "../../parts/time/show-time.ts";
import { showHidden } from "../../parts/text/visible-text.ts";
import classes from "./audit-table.module.css";
import { type DetailPart, detailParts } from "./detail-parts.ts";
import { type FoldedRow, foldRepeats } from "./fold-repeats.ts";
import type { AuditSearch } from "./search.ts";
import { showCount } from "../../parts/text/show-count.ts";

/** Rows of the audit; a click on an actor, an action or an object shows all rows with it. */
export function AuditTable(props: { readonly rows: readonly AuditRow[]; readonly search: AuditSearch }): ReactNode {
  return (
    <CardTable label="Rows of the audit" columns={["Action", "When", "Actor", "Object", "Details"]}>
      {foldRepeats(props.rows).map((folded) => (
        <Row key={folded.row.seq} folded={folded} search={props.search} />
      ))}
    </CardTable>
  );
}

function Row({ folded, search }: { readonly folded: FoldedRow; readonly search: AuditSearch }): ReactNode {
  const { row, count, since } = folded;
  const { at, actor, action, object, objectName } = row;
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
        {count === 1 ? null : (
          <Badge ml={6} variant="default" tt="none" fw={500} title={`The first of them: ${exactTime(since)}`}>
            {showCount(count)} times
          </Badge>
        )}
      </CardCell>
      <CardCell place="end">
        <Text size="sm" c="dimmed" className={classes["time"]}>
          <time dateTime={at}>{exactTime(at)}</time>
        </Text>
      </CardCell>
      <CardCell label="by">
        <LinkAnchor size="sm" className={classes["words"]} to="/audit" search={{ ...search, actor }}>
          <ShownText text={actor} />
        </LinkAnchor>
      </CardCell>
      <CardCell label="about">
        <Group gap={4} wrap="nowrap">
          <div>
            <LinkAnchor size="sm" className={classes["words"]} to="/audit" search={{ ...search, object }}>
              <ShownText text={objectName ?? object} />
            </LinkAnchor>
            {objectName == null ? null : (
              <Text size="xs" c="dimmed" ff="monospace" className={classes["whole"]}>
                <ShownText text={object} />
              </Text>
            )}
          </div>
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
      {detailParts(row.detail).map((part) => (
        <Detail key={part.name} part={part} />
      ))}
    </Group>
  );
}

function Detail({ part: { name, text, whole } }: { readonly part: DetailPart }): ReactNode {
  const [isWhole, setIsWhole] = useState(false);
  return (
    <Text span size="xs">
      <Text span inherit c="dimmed">
        <ShownText text={name} />
      </Text>{" "}
      <Code>
        <ShownText text={isWhole ? (whole ?? text) : text} />
      </Code>
      {whole === undefined ? null : (
        <>
          {" "}
          <Anchor
            component="button"
            type="button"
            size="xs"
            underline="always"
            aria-expanded={isWhole}
            onClick={() => setIsWhole(!isWhole)}
          >
            {isWhole ? "Show less" : "Show all"}
          </Anchor>
        </>
      )}
    </Text>
  );
}
