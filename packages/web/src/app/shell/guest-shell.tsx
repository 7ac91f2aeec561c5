import { Anchor, AppShell, Button, Group } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Logo } from "../../parts/page/logo.tsx";
import classes from "./shell.module.css";

/** The frame around pages that need no session. Every link out of them loads the page again, which asks to sign in. */
export function GuestShell(): ReactNode {
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Anchor href="/" c="inherit" underline="never" className={classes["home"]} aria-label="sealrun, all projects">
            <Logo size={26} />
            <span className={classes["word"]}>sealrun</span>
          </Anchor>
          <Button component="a" href="/" variant="light" leftSection={<IconLogin2 size={18} aria-hidden />}>
            Sign in
          </Button>
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content" tabIndex={-1} className={classes["main"]}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
