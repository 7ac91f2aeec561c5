import { ActionIcon, Tooltip } from "@mantine/core";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type Destination, useDestinations } from "./use-destinations.ts";
import { useGuideDestinations } from "./use-guide-destinations.ts";

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

/** Goes to any page, package or guide by a part of its name. */
export function Finder(): ReactNode {
  const navigate = useNavigate();
  const [isWanted, setIsWanted] = useState(false);
  const toAction = ({ label, description, to }: Destination): SpotlightActionData => {
    const [path = "", hash = ""] = to.split("#");
    return { id: to, label, description, onClick: () => void navigate({ to: path, hash }) };
  };
  const pages = useDestinations().map(toAction);
  const guides = useGuideDestinations(isWanted).map(toAction);
  return (
    <Spotlight
      actions={[
        { group: "Pages", actions: pages },
        { group: "Guides", actions: guides },
      ]}
      limit={12}
      highlightQuery
      scrollable
      maxHeight="min(70dvh, 560px)"
      shortcut={["mod + K"]}
      onSpotlightOpen={() => setIsWanted(true)}
      nothingFound="No page, package or guide matches"
      searchProps={{
        placeholder: "Find a page, a package or a guide",
        "aria-label": "Find",
        onKeyDown: ({ key, currentTarget }) => {
          if (key === "Enter") goToFirst(currentTarget);
        },
      }}
    />
  );
}

/** Spotlight selects the first place when the text changes, but none of the places that are loaded after that. */
function goToFirst(field: HTMLElement): void {
  const finder = field.closest('[role="dialog"]');
  if (finder === null || finder.querySelector("[data-selected]") !== null) return;
  const first = finder.querySelector("[data-action]");
  if (first instanceof HTMLElement) first.click();
}
