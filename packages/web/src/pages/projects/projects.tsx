import { Button, Card, Code, List, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ProjectInfo } from "@sealrun/protocol";
import { IconArrowRight, IconFolders, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useClient } from "../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../platform/queries.ts";
import { Empty } from "../../parts/page/empty.tsx";
import { GuardedModal } from "../../parts/page/guarded-modal.tsx";
import { LinkAnchor, LinkButton } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Page } from "../../parts/page/page.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { CreateProject } from "./create-project.tsx";
import { ProjectCard } from "./project-card.tsx";

/** Every project of the platform, with a button to create one. */
export function ProjectsPage(): ReactNode {
  const client = useClient();
  const [archived, setArchived] = useState(false);
  const found = useQuery({
    queryKey: archived ? topicKey("projects", "archived") : topicKey("projects"),
    queryFn: async () => client.listProjects({ archived }),
  });
  const [isOpen, { open, close }] = useDisclosure();
  const projects = found.data ?? [];
  const only = projects.length === 1 ? projects[0] : undefined;
  return (
    <Page
      title="Projects"
      lead="A project holds packages and the secrets that they share."
      actions={
        projects.length === 0 ? undefined : (
          <>
            <Button
              variant={only === undefined ? "filled" : "default"}
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={open}
            >
              New project
            </Button>
            {only === undefined ? null : (
              <LinkButton
                to="/projects/$project"
                params={{ project: only.name }}
                rightSection={<IconArrowRight size={16} aria-hidden />}
              >
                Open {only.name}
              </LinkButton>
            )}
          </>
        )
      }
    >
      {isOpen ? <NewProject projects={projects} onClose={close} /> : null}
      {found.data === undefined ? (
        found.error === null ? (
          <Loading />
        ) : (
          <Problem error={found.error} onRetry={async () => found.refetch()} />
        )
      ) : projects.length === 0 ? (
        <FirstProject />
      ) : (
        <ProjectList projects={projects} />
      )}
      {found.data === undefined ? null : (
        <Switch
          label="Show archived projects"
          size="sm"
          mt="md"
          checked={archived}
          onChange={(event) => setArchived(event.currentTarget.checked)}
        />
      )}
    </Page>
  );
}

function NewProject(props: { readonly projects: readonly ProjectInfo[]; readonly onClose: () => void }): ReactNode {
  const typed = useRef("");
  return (
    <GuardedModal
      title="New project"
      isUnsaved={() => typed.current !== ""}
      question={{ title: "Discard the name?", no: "Keep typing", text: "The project was not created." }}
      onClose={props.onClose}
    >
      {() => (
        <CreateProject
          projects={props.projects}
          onTyped={(name) => {
            typed.current = name;
          }}
        />
      )}
    </GuardedModal>
  );
}

/** From this many projects on, the page has a search field. */
const minToSearch = 9;
const shownAtOnce = 60;

function ProjectList({ projects }: { readonly projects: readonly ProjectInfo[] }): ReactNode {
  const client = useClient();
  // All cards in one request; they show names meanwhile.
  const found = useQuery({
    queryKey: topicKey("projects", "summaries"),
    queryFn: async () => client.listProjectSummaries(),
    meta: alsoOf("packages", "executions", "secrets"),
  });
  const summaries = new Map(found.data?.map((summary) => [summary.name, summary]));
  const [find, setFind] = useState("");
  const [maxShown, setMaxShown] = useState(shownAtOnce);
  const wanted = projects.filter(({ name }) => name.toLowerCase().includes(find.trim().toLowerCase()));
  return (
    <Stack>
      {projects.length < minToSearch ? null : (
        <TextInput
          aria-label="Search projects"
          placeholder="Search projects"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
          maw={320}
        />
      )}
      <SimpleGrid component="ul" cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm" p={0} m={0}>
        {wanted.slice(0, maxShown).map((project) => (
          <ProjectCard
            key={project.id}
            project={project}
            summary={summaries.get(project.name)}
            hasFailed={found.error !== null}
          />
        ))}
      </SimpleGrid>
      {wanted.length > maxShown ? (
        <Button variant="default" onClick={() => setMaxShown(maxShown + shownAtOnce)}>
          Show more
        </Button>
      ) : null}
    </Stack>
  );
}

function FirstProject(): ReactNode {
  return (
    <Empty icon={<IconFolders aria-hidden />} title="Two steps to the first run">
      <Stack gap="md">
        <List type="ordered" ta="start" spacing={4} center={false}>
          <List.Item>Create a project: give it a name below.</List.Item>
          <List.Item>
            Drop a folder with a script onto its page, or run <Code>sealrun push my-folder --project NAME</Code>.
          </List.Item>
        </List>
        <Card withBorder>
          <CreateProject projects={[]} />
        </Card>
        <LinkAnchor size="sm" to="/guides/$" params={{ _splat: "start" }}>
          Read how to start
        </LinkAnchor>
      </Stack>
    </Empty>
  );
}
