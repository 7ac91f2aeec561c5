import { AppShell, Burger, Group, ScrollArea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useMissingProject } from "../../platform/use-project.ts";
import { NoProject } from "../not-found.tsx";
import { LinkPlain } from "../../parts/page/links.tsx";
import { Logo } from "../../parts/page/logo.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { ConnectionNotice } from "./connection-notice.tsx";
import { Finder, FinderButton } from "../finder/finder.tsx";
import { HoldNotice } from "./hold-notice.tsx";
import { Navigation } from "./navigation.tsx";
import { ProjectSwitch } from "./project-switch.tsx";
import { WaitNotice } from "./wait-notice.tsx";
import classes from "./shell.module.css";
import { useLiveChanges } from "../live/use-live-changes.ts";

/** The frame around every page: the current project, the navigation, and whether the platform can be reached. */
export function Shell(): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const connection = useLiveChanges();
  const missing = useMissingProject();
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? "Close the menu" : "Open the menu"}
            />
            <LinkPlain to="/" className={classes["home"]} aria-label="sealrun, all projects">
              <Logo size={26} />
              <span className={classes["word"]}>sealrun</span>
            </LinkPlain>
            <ProjectSwitch />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <FinderButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea type="auto">
          <Navigation />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes["main"]}>
        <ConnectionNotice state={connection} />
        <HoldNotice />
        {missing === undefined ? <Outlet /> : <NoProject name={missing} />}
      </AppShell.Main>
      <Finder />
      <WaitNotice />
    </AppShell>
  );
}
