import { Stack, Text } from "@mantine/core";
import {
  IconActivityHeartbeat,
  IconBook2,
  IconCalendarTime,
  IconHome,
  IconKey,
  IconListDetails,
  IconLock,
  IconServer2,
  IconShieldCheck,
} from "@tabler/icons-react";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LinkNav } from "../parts/links.tsx";
import { useProject } from "./use-project.ts";

/** The pages that can be gone to: those of the project one is in, and those of the whole platform. */
export function Navigation(): ReactNode {
  const project = useProject();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const at = (start: string): boolean => pathname === start || pathname.startsWith(`${start}/`);
  return (
    <Stack gap={2}>
      {project === undefined ? null : (
        <>
          <Heading>Project</Heading>
          <LinkNav
            to="/projects/$project"
            params={{ project }}
            label="Home"
            activeOptions={{ exact: true }}
            leftSection={<IconHome size={18} aria-hidden />}
            active={pathname === `/projects/${encodeURIComponent(project)}`}
          />
          <LinkNav
            to="/projects/$project/secrets"
            params={{ project }}
            label="Project secrets"
            leftSection={<IconKey size={18} aria-hidden />}
            active={pathname === `/projects/${encodeURIComponent(project)}/secrets`}
          />
        </>
      )}
      <Heading>Platform</Heading>
      <LinkNav
        to="/executions"
        search={project === undefined ? {} : { project }}
        label="Executions"
        leftSection={<IconListDetails size={18} aria-hidden />}
        active={at("/executions")}
      />
      <LinkNav
        to="/schedules"
        label="Schedules"
        leftSection={<IconCalendarTime size={18} aria-hidden />}
        active={at("/schedules")}
      />
      <LinkNav
        to="/vault/secrets"
        label="Vault"
        leftSection={<IconLock size={18} aria-hidden />}
        active={at("/vault")}
      />
      <LinkNav
        to="/executors"
        label="Executors"
        leftSection={<IconServer2 size={18} aria-hidden />}
        active={at("/executors")}
      />
      <LinkNav
        to="/health"
        label="Health"
        leftSection={<IconActivityHeartbeat size={18} aria-hidden />}
        active={at("/health")}
      />
      <LinkNav
        to="/audit"
        label="Audit"
        leftSection={<IconShieldCheck size={18} aria-hidden />}
        active={at("/audit")}
      />
      <Heading>Help</Heading>
      <LinkNav to="/guides" label="Guides" leftSection={<IconBook2 size={18} aria-hidden />} active={at("/guides")} />
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
