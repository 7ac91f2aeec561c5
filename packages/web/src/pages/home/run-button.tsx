import { Button } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { IconPlayerPlay } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkButton } from "../../parts/page/links.tsx";
import { useStartRun } from "../run/start-run.ts";

/** Starts a package with one click, or opens its form when it has parameters. Absent for a package without manual start. */
export function RunButton(props: { readonly project: string; readonly package: PackageOverview }): ReactNode {
  const { name, canRun, hasParameters } = props.package;
  const { start, isStarting } = useStartRun();
  if (!canRun) return null;
  const icon = <IconPlayerPlay size={14} aria-hidden />;
  if (hasParameters) {
    return (
      <LinkButton
        size="compact-sm"
        variant="default"
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
      leftSection={icon}
      loading={isStarting}
      onClick={() => start({ project: props.project, package: name })}
      aria-label={`Run ${name} now`}
    >
      Run
    </Button>
  );
}
