import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ChangeMenu } from "../../parts/page/change-menu.tsx";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { Loading } from "../../parts/page/loading.tsx";
import { Problem } from "../../parts/page/problem.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { useProjectState } from "../../platform/use-project.ts";

/** A button that lists the archived packages of a project, which are fetched when it is pressed. */
export function ArchivedPackages({ project }: { readonly project: string }): ReactNode {
  const client = useClient();
  const [isShown, setIsShown] = useState(false);
  const found = useQuery({
    queryKey: topicKey("packages", "archived", project),
    queryFn: async () => client.listPackages(project, { archived: true }),
    enabled: isShown,
  });
  const archived = found.data?.filter(({ archivedAt }) => archivedAt != null);
  return (
    <Stack gap="xs" mt="sm">
      <Group>
        <Button
          variant="subtle"
          size="compact-sm"
          color="gray"
          aria-expanded={isShown}
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? "Hide archived packages" : "Show archived packages"}
        </Button>
      </Group>
      {!isShown ? null : found.error !== null ? (
        <Problem error={found.error} />
      ) : archived === undefined ? (
        <Loading rows={1} />
      ) : archived.length === 0 ? (
        <Text size="sm" c="dimmed" role="status">
          No package is archived.
        </Text>
      ) : (
        <List size="sm" aria-label="Archived packages">
          {archived.map(({ id, name }) => (
            <List.Item key={id}>
              <LinkAnchor size="sm" to="/projects/$project/packages/$package" params={{ project, package: name }}>
                <ShownText text={name} />
              </LinkAnchor>
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

/** The menu of a project: rename, archive. */
export function ProjectMenu({ project }: { readonly project: string }): ReactNode {
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const state = useProjectState(project);
  const refresh = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: topicKey("projects") });
    await queries.invalidateQueries({ queryKey: topicKey("schedules") });
  };
  if (state === undefined) return null;
  return (
    <ChangeMenu
      what="project"
      name={project}
      isArchived={state === "archived"}
      onRename={async (name) => {
        const changed = await client.changeProject(project, { name });
        await refresh();
        await navigate({ to: "/projects/$project", params: { project: changed.name } });
      }}
      onArchive={async (archived) => {
        await client.changeProject(project, { archived });
        await refresh();
      }}
    />
  );
}
