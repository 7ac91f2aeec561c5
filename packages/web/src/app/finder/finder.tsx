import { ActionIcon, Group, Kbd, Tooltip } from "@mantine/core";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Destination } from "./destination.ts";
import { type FinderAction, useActions } from "./use-actions.ts";
import { toDestinations, useAllPackages } from "./use-destinations.ts";
import { useFound } from "./use-found.ts";
import { useGuideDestinations } from "./use-guide-destinations.ts";

/** Opens the finder; Ctrl+K and Cmd+K do too. */
export function FinderButton(): ReactNode {
  return (
    <Group gap={4} wrap="nowrap">
      <Kbd size="xs" visibleFrom="md" aria-hidden>
        Ctrl K
      </Kbd>
      <Tooltip label="Find anything, or do something (Ctrl+K)">
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Find" onClick={spotlight.open}>
          <IconSearch aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** Goes to any page, package, secret, execution or guide by a part of its name, and does what pages offer. */
export function Finder(): ReactNode {
  const router = useRouter();
  const [isWanted, setIsWanted] = useState(false);
  const [query, setQuery] = useState("");
  const toLink = ({ label, description, to }: Destination): SpotlightActionData => ({
    id: to,
    label,
    description,
    onClick: () => router.history.push(to),
  });
  const toAct = ({ label, description, act }: FinderAction): SpotlightActionData => ({
    id: label,
    label,
    description,
    onClick: act,
  });
  const all = useAllPackages(isWanted);
  const { packages, projects, pages } = toDestinations(all);
  const found = useFound(query, all);
  const { links, actions } = useActions(all);
  const guides = useGuideDestinations(isWanted);
  return (
    <Spotlight
      query={query}
      onQueryChange={setQuery}
      actions={[
        { group: "Packages", actions: packages.map(toLink) },
        { group: "Projects", actions: projects.map(toLink) },
        { group: "Secrets", actions: found.secrets.map(toLink) },
        { group: "Executions", actions: found.executions.map(toLink) },
        { group: "Pages", actions: pages.map(toLink) },
        { group: "Actions", actions: [...links.map(toLink), ...actions.map(toAct)] },
        { group: "Guides", actions: guides.map(toLink) },
      ]}
      limit={14}
      highlightQuery
      scrollable
      maxHeight="min(70dvh, 560px)"
      shortcut={["mod + K"]}
      attributes={{ content: { "aria-label": "Finder" } }}
      onSpotlightOpen={() => setIsWanted(true)}
      nothingFound="Nothing has that name"
      searchProps={{
        placeholder: "Find a page, package, secret, run or guide, or do something",
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
