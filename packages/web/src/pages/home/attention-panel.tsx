import { Button, Code, Stack, Text } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { type ReactNode, useState } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Panel } from "../../parts/page/page.tsx";
import { Sentence } from "../../parts/page/sentence.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { findAttention, type Reason } from "./attention.ts";
import classes from "./attention-panel.module.css";
import { showCount } from "../../parts/text/show-count.ts";

const shownAtFirst = 20;

/** What needs attention: failed runs, waiting runs with the reason, and missing secrets. */
export function AttentionPanel(props: {
  readonly project: string;
  readonly packages: readonly PackageOverview[];
}): ReactNode {
  const found = findAttention(props.packages);
  const [isAll, setIsAll] = useState(false);
  const shown = isAll ? found : found.slice(0, shownAtFirst);
  return (
    <Panel title="Needs attention">
      {found.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing: the last runs went well, nothing waits, and no secret is missing.
        </Text>
      ) : (
        <ul className={classes["list"]}>
          {shown.map(({ package: name, reasons }) => (
            <li key={name}>
              <LinkAnchor
                className={classes["package"]}
                size="sm"
                fw={600}
                to="/projects/$project/packages/$package"
                params={{ project: props.project, package: name }}
              >
                <ShownText text={name} />
              </LinkAnchor>
              <Stack gap={2}>
                {reasons.map((reason) => (
                  <Text key={reason.kind} size="sm" component="div">
                    <ReasonText project={props.project} package={name} reason={reason} />
                  </Text>
                ))}
              </Stack>
            </li>
          ))}
        </ul>
      )}
      {found.length > shown.length ? (
        <Button mt="xs" size="compact-sm" variant="subtle" onClick={() => setIsAll(true)}>
          Show all {showCount(found.length)}
        </Button>
      ) : null}
    </Panel>
  );
}

function ReasonText(props: { readonly project: string; readonly package: string; readonly reason: Reason }): ReactNode {
  const { project, package: name, reason } = props;
  switch (reason.kind) {
    case "ended":
      return (
        <>
          <LinkAnchor size="sm" underline="always" to="/executions/$execution" params={{ execution: reason.id }}>
            Last run {reason.status}
          </LinkAnchor>{" "}
          <Time at={reason.at} />
        </>
      );
    case "waiting":
      return (
        <>
          <LinkAnchor size="sm" underline="always" to="/executions/$execution" params={{ execution: reason.id }}>
            Waiting
          </LinkAnchor>
          : <Sentence text={reason.sentence} />
        </>
      );
    case "missing": {
      const shown = reason.names.slice(0, 4);
      return (
        <>
          {reason.names.length === 1 ? "Missing secret: " : "Missing secrets: "}
          {shown.map((secret, index) => (
            <span key={secret.name}>
              {index === 0 ? "" : ", "}
              <LinkAnchor
                size="sm"
                underline="always"
                to="/projects/$project/packages/$package/secrets"
                params={{ project, package: name }}
                search={{ add: secret.name }}
                aria-label={`Add the secret ${secret.name}`}
              >
                <Code>
                  <ShownText text={secret.name} />
                </Code>
              </LinkAnchor>
            </span>
          ))}
          {reason.names.length > shown.length ? ` and ${reason.names.length - shown.length} more` : ""}
        </>
      );
    }
  }
}
