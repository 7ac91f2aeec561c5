import { ActionIcon, Group, Kbd, Tooltip } from "@mantine/core";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import classes from "./finder.module.css";
import type { Destination } from "./destination.ts";
import { type FinderAction, useActions } from "./use-actions.ts";
import { helpPage, platformPages } from "../shell/platform-pages.ts";
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
  const [isOpen, setIsOpen] = useState(false);
  const [query, setQuery] = useState("");
  const toLink = ({ label, description, keywords = "", to }: Destination): SpotlightActionData => ({
    id: to,
    label,
    description,
    keywords,
    onClick: () => router.history.push(to),
  });
  const toAct = ({ label, description, act }: FinderAction): SpotlightActionData => ({
    id: label,
    label,
    description,
    onClick: act,
  });
  const found = useFound(query, isOpen);
  const { links, actions } = useActions(found.packages);
  const guides = useGuideDestinations(isOpen);
  const field = useRef<HTMLInputElement>(null);
  const isEntered = useRef(false);
  useEffect(() => {
    if (!found.isSettled) return;
    selectFirst(field.current);
    if (isEntered.current) goToSelected(field.current);
    isEntered.current = false;
  }, [found.isSettled]);
  return (
    <Spotlight
      query={query}
      onQueryChange={(text) => {
        isEntered.current = false;
        setQuery(text);
      }}
      actions={[
        { group: "Packages", actions: found.packages.map(toLink) },
        { group: "Projects", actions: found.projects.map(toLink) },
        { group: "Secrets", actions: found.secrets.map(toLink) },
        { group: "Executions", actions: found.executions.map(toLink) },
        { group: "Pages", actions: [...platformPages, helpPage].map(toLink) },
        { group: "Actions", actions: [...links.map(toLink), ...actions.map(toAct)] },
        { group: "Guides", actions: guides.map(toLink) },
      ]}
      limit={30}
      highlightQuery
      scrollable
      maxHeight="min(70dvh, 560px)"
      shortcut={["mod + K"]}
      classNames={{ actionDescription: classes["description"] ?? "" }}
      attributes={{ content: { "aria-label": "Finder" } }}
      onSpotlightOpen={() => setIsOpen(true)}
      onSpotlightClose={() => setIsOpen(false)}
      nothingFound={found.error?.message ?? (found.isSettled ? "Nothing has that name" : "Searching…")}
      searchProps={{
        placeholder: "Find a page, package, secret, run or guide, or do something",
        "aria-label": "Find",
        ref: field,
        // Enter means the best of all, which may not have come yet.
        onKeyDownCapture: (event) => {
          if (event.key !== "Enter" || found.isSettled) return;
          event.preventDefault();
          event.stopPropagation();
          isEntered.current = true;
        },
      }}
    />
  );
}

/** Spotlight selects the first place when the text changes, but none of the places that come after that. */
function selectFirst(field: HTMLElement | null): void {
  const finder = field?.closest('[role="dialog"]');
  for (const each of finder?.querySelectorAll("[data-selected]") ?? []) each.removeAttribute("data-selected");
  finder?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
}

function goToSelected(field: HTMLElement | null): void {
  const selected = field?.closest('[role="dialog"]')?.querySelector("[data-selected]");
  if (selected instanceof HTMLElement) selected.click();
}
