import { Badge, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import type { ReactNode, RefCallback } from "react";
import { LinkAnchor, LinkPlain } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { StatusBadge } from "../../parts/page/status-badge.tsx";
import { Time } from "../../parts/time/time.tsx";
import type { RowPlace } from "../../parts/page/window-rows.ts";
import { showHidden } from "../../parts/text/visible-text.ts";
import { TookTime } from "../executions/took-time.tsx";
import { HealthStrip } from "./health-strip.tsx";
import { MissingSecrets } from "./missing-secrets.tsx";
import classes from "./package-row.module.css";
import { RunButton } from "./run-button.tsx";

/** A package on the home page of its project: what it is, how its last runs went, and a button to run it. */
export function PackageRow(props: {
  readonly project: string;
  readonly package: PackageOverview;
  readonly onTag: (tag: string) => void;
  readonly place: RowPlace;
  readonly measure: RefCallback<HTMLElement>;
}): ReactNode {
  const { project, package: info, onTag, place, measure } = props;
  return (
    <li
      ref={measure}
      className={classes["row"]}
      data-index={place.index}
      aria-posinset={place.index + 1}
      aria-setsize={place.count}
    >
      <Stack gap={2} className={classes["about"]} miw={0}>
        <LinkAnchor fw={600} to="/projects/$project/packages/$package" params={{ project, package: info.name }}>
          <ShownText text={info.name} />
        </LinkAnchor>
        {info.description === "" ? null : (
          <Text size="sm" c="dimmed" className={classes["description"]}>
            <ShownText text={info.description} />
          </Text>
        )}
        <Notes project={project} info={info} onTag={onTag} />
      </Stack>
      <div className={classes["last"]}>
        <LastRun run={info.lastRun} />
      </div>
      <div className={classes["strip"]}>
        <HealthStrip name={info.name} recent={info.recent} />
      </div>
      <div className={classes["run"]}>
        <RunButton project={project} package={info} />
      </div>
    </li>
  );
}

function Notes(props: {
  readonly project: string;
  readonly info: PackageOverview;
  readonly onTag: (tag: string) => void;
}): ReactNode {
  const { name, missing, tags, nextAt, canRun, version, pushedAt } = props.info;
  return (
    <Group gap="4px 6px" mt={2}>
      <MissingSecrets project={props.project} package={name} missing={missing} />
      {[...new Set(tags)].map((tag) => (
        <UnstyledButton
          key={tag}
          onClick={() => props.onTag(tag)}
          aria-label={`Show packages with the tag ${showHidden(tag)}`}
        >
          <Badge component="span" color="gray" variant="light" tt="none" fw={500}>
            <ShownText text={tag} />
          </Badge>
        </UnstyledButton>
      ))}
      {canRun ? null : (
        <Badge color="gray" variant="outline" tt="none" fw={500}>
          not started by hand
        </Badge>
      )}
      <Text size="xs" c="dimmed">
        version {version}, pushed <Time at={pushedAt} />
        {nextAt === null ? null : (
          <>
            {" · "}next start <Time at={nextAt} />
          </>
        )}
      </Text>
    </Group>
  );
}

function LastRun({ run }: { readonly run: PackageOverview["lastRun"] }): ReactNode {
  if (run === null) {
    return (
      <Text size="xs" c="dimmed">
        No runs yet
      </Text>
    );
  }
  return (
    <Stack gap={2} align="flex-start">
      <LinkPlain
        to="/executions/$execution"
        params={{ execution: run.id }}
        aria-label={`Last run of ${run.package}: ${run.status}`}
      >
        <StatusBadge status={run.status} />
      </LinkPlain>
      <Text size="xs" c="dimmed">
        <Time at={run.createdAt} />
        {run.startedAt === null ? null : (
          <>
            {" · "}
            <TookTime run={run} />
          </>
        )}
      </Text>
    </Stack>
  );
}
