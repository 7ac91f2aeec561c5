import { Grid, Stack } from "@mantine/core";
import type { PackageOverview } from "@sealrun/protocol";
import { IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../platform/platform.tsx";
import { useProjectState } from "../../platform/use-project.ts";
import { ArchivedNote } from "../../parts/page/change-menu.tsx";
import { LinkButton } from "../../parts/page/links.tsx";
import { DropNotice } from "../../parts/page/drop-notice.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ArchivedPackages, ProjectMenu } from "./archive.tsx";
import { AttentionPanel } from "./attention-panel.tsx";
import { FirstPackage } from "./first-package.tsx";
import { LeastSandbox } from "./least-sandbox.tsx";
import { RequiredNetwork } from "./required-network.tsx";
import { overviewQuery } from "./overview-query.ts";
import { PackageList } from "./package-list.tsx";
import { RecentExecutions } from "./recent-executions.tsx";
import { useDragToUpload } from "./use-drag-to-upload.ts";
import { showCount } from "../../parts/text/show-count.ts";

/** A project's home page: its packages and their state, what needs attention, and recent executions. */
export function HomePage(): ReactNode {
  const { project } = useParams({ from: "/projects/$project" });
  const client = useClient();
  const found = useQuery(overviewQuery(client, project));
  const isArchived = useProjectState(project) === "archived";
  const isOver = useDragToUpload(project);
  return (
    <Page
      title={project}
      lead={found.data === undefined ? undefined : countPackages(found.data.packages.length)}
      actions={
        found.error !== null && found.data === undefined ? undefined : (
          <>
            <ProjectMenu project={project} />
            {isArchived ? null : (
              <LinkButton
                to="/projects/$project/upload"
                params={{ project }}
                leftSection={<IconUpload size={16} aria-hidden />}
              >
                Upload a package
              </LinkButton>
            )}
          </>
        )
      }
    >
      {found.data === undefined ? (
        found.error === null ? (
          <Loading />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} guide="start" />
        )
      ) : (
        <>
          {isArchived ? <ArchivedNote what="project" /> : null}
          <Content project={project} packages={found.data.packages} />
        </>
      )}
      {isOver ? <DropNotice text="Drop to upload" /> : null}
    </Page>
  );
}

function countPackages(count: number): string {
  return count === 1 ? "1 package" : `${showCount(count)} packages`;
}

function Content(props: { readonly project: string; readonly packages: readonly PackageOverview[] }): ReactNode {
  const { project, packages } = props;
  if (packages.length === 0) {
    return (
      <>
        <FirstPackage project={project} />
        <ArchivedPackages project={project} />
      </>
    );
  }
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <PackageList project={project} packages={packages} />
        <ArchivedPackages project={project} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Stack>
          <AttentionPanel project={project} packages={packages} />
          <RecentExecutions project={project} />
          <LeastSandbox project={project} />
          <RequiredNetwork project={project} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
