import { Button } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { IconPlayerPlay } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkButton } from "../../parts/page/links.tsx";
import { useProjectState } from "../../platform/use-project.ts";
import { useStartRun } from "../run/start-run.ts";

/** "Run" and "Run…" are equally wide, so that the buttons of a list are one column. */
const width = 78;

/** Starts a package with one click, or opens its form when it has parameters. Absent where that would be refused. */
export function RunButton(props: { readonly project: string; readonly package: PackageOverview }): ReactNode {
  const { name, canRun, hasParameters } = props.package;
  const { start, isStarting } = useStartRun();
  const isArchived = useProjectState(props.project) === "archived";
  if (!canRun || isArchived) return null;
  const icon = <IconPlayerPlay size={14} aria-hidden />;
  if (hasParameters) {
    return (
      <LinkButton
        size="compact-sm"
        variant="default"
        w={width}
        leftSection={icon}
        to="/projects/$project/packages/$package/run"
        params={{ project: props.project, package: name }}
        aria-label={`Run ${name} with parameters`}
      >
        Run…
      </LinkButton>
    );
  }
  return (
    <Button
      size="compact-sm"
      variant="default"
      w={width}
      leftSection={icon}
      loading={isStarting}
      onClick={() => start({ project: props.project, package: name })}
      aria-label={`Run ${name} now`}
    >
      Run
    </Button>
  );
}
