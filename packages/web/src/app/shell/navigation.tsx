import { Stack, Text } from "@mantine/core";
import { IconHome, IconKey, type TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkNav } from "../../parts/page/links.tsx";
import { helpPage, platformPages } from "./platform-pages.ts";
import { useProject } from "../../platform/use-project.ts";

/** Links to the pages of the current project, if any, and to the pages of the whole platform. */
export function Navigation(): ReactNode {
  const project = useProject();
  return (
    <Stack gap={2}>
      {project === undefined ? null : (
        <>
          <Heading>Project</Heading>
          <LinkNav
            to="/projects/$project"
            params={{ project }}
            label="Home"
            leftSection={iconOf(IconHome)}
            activeOptions={{ exact: true, includeSearch: false }}
          />
          <LinkNav
            to="/projects/$project/secrets"
            params={{ project }}
            label="Project secrets"
            leftSection={iconOf(IconKey)}
          />
        </>
      )}
      <Heading>Platform</Heading>
      {platformPages.map(({ to, label, icon }) => (
        <LinkNav
          key={to}
          to={to}
          // These lists narrow to the current project.
          search={(to === "/executions" || to === "/schedules") && project !== undefined ? { project } : {}}
          label={label}
          leftSection={iconOf(icon)}
          activeOptions={{ includeSearch: false }}
        />
      ))}
      <Heading>Help</Heading>
      <LinkNav to={helpPage.to} label={helpPage.label} leftSection={iconOf(helpPage.icon)} />
    </Stack>
  );
}

function Heading({ children }: { readonly children: string }): ReactNode {
  return (
    <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4}>
      {children}
    </Text>
  );
}

function iconOf(Icon: TablerIcon): ReactNode {
  return <Icon size={18} aria-hidden />;
}
