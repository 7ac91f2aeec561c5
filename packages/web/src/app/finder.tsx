import { ActionIcon, Tooltip } from "@mantine/core";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useDestinations } from "./use-destinations.ts";

/** Opens the finder; Ctrl+K and Cmd+K do too. */
export function FinderButton(): ReactNode {
  return (
    <Tooltip label="Find a page, a package or a guide (Ctrl+K)">
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Find" onClick={spotlight.open}>
        <IconSearch aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** Goes anywhere by typing a part of its name. */
export function Finder(): ReactNode {
  const navigate = useNavigate();
  const destinations = useDestinations();
  const actions = destinations.map(({ label, description, to }) => ({
    id: to,
    label,
    description,
    onClick: () => void navigate({ to }),
  }));
  return (
    <Spotlight
      actions={actions}
      limit={12}
      highlightQuery
      shortcut={["mod + K"]}
      nothingFound="Nothing has that name"
      searchProps={{ placeholder: "Find a page, a package or a guide", "aria-label": "Find" }}
    />
  );
}
