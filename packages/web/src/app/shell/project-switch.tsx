import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconFolder, IconLayoutGrid } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LinkMenuItem } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { showHidden } from "../../parts/text/visible-text.ts";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";
import { useProject } from "../../platform/use-project.ts";
import classes from "./shell.module.css";

/** The current project, and a menu of the others. */
export function ProjectSwitch(): ReactNode {
  const client = useClient();
  const project = useProject();
  const { data: projects } = useQuery({
    queryKey: topicKey("projects"),
    queryFn: async () => client.listProjects(),
  });
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          miw={0}
          rightSection={<IconChevronDown size={16} aria-hidden />}
          title={project === undefined ? undefined : showHidden(project)}
        >
          <span className={classes["project"]}>
            {project === undefined ? "All projects" : <ShownText text={project} />}
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60dvh" style={{ overflowY: "auto" }}>
        <LinkMenuItem to="/" leftSection={<IconLayoutGrid size={16} aria-hidden />}>
          All projects
        </LinkMenuItem>
        {(projects ?? []).map(({ id, name }) => (
          <LinkMenuItem
            key={id}
            to="/projects/$project"
            params={{ project: name }}
            leftSection={<IconFolder size={16} aria-hidden />}
          >
            <ShownText text={name} />
          </LinkMenuItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
