import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { closeSession } from "@sealrun/client";
import { toSealrunError } from "@sealrun/protocol";
import { IconClock, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { setExactTimes, useExactTimes } from "../../parts/time/exact-times.ts";
import { tellSignOut } from "../session/share-sign-out.ts";
import { ownPlatform, useSignedIn } from "../../platform/platform.tsx";

/** Who is signed in, the colour scheme, how times are shown, and signing out. */
export function AccountMenu(): ReactNode {
  const { requester } = useSignedIn();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isExact = useExactTimes();
  const queries = useQueryClient();
  const signOut = async (): Promise<void> => {
    try {
      await closeSession(ownPlatform);
    } catch (error) {
      const { message } = toSealrunError(error);
      notifications.show({ color: "red", title: "You are still signed in", message });
      return;
    }
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
    await queries.refetchQueries({ queryKey: ["session"] });
    // This window hears it too, and has no session by now.
    tellSignOut();
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${requester}`}>
          <IconUserCircle aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in as {requester}</Menu.Label>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        <Menu.Item
          leftSection={<IconSun size={16} aria-hidden />}
          aria-current={colorScheme === "light"}
          onClick={() => setColorScheme("light")}
        >
          Light
        </Menu.Item>
        <Menu.Item
          leftSection={<IconMoon size={16} aria-hidden />}
          aria-current={colorScheme === "dark"}
          onClick={() => setColorScheme("dark")}
        >
          Dark
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDeviceDesktop size={16} aria-hidden />}
          aria-current={colorScheme === "auto"}
          onClick={() => setColorScheme("auto")}
        >
          Same as the system
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          role="menuitemcheckbox"
          aria-checked={isExact}
          leftSection={<IconClock size={16} aria-hidden />}
          rightSection={isExact ? "✓" : undefined}
          onClick={() => setExactTimes(!isExact)}
        >
          Exact times
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
