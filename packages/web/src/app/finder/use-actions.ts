import { useMantineColorScheme } from "@mantine/core";
import { setExactTimes, useExactTimes } from "../../parts/time/exact-times.ts";
import { useProject } from "../../platform/use-project.ts";
import { addressOf, type Destination } from "./destination.ts";
import type { FoundPlaces } from "./found-places.ts";

/** Something that the finder does at once. */
export interface FinderAction {
  readonly label: string;
  readonly description: string;
  readonly act: () => void;
}

/** Runs of found packages and secrets to add, from anywhere, and the choices of how pages look. */
export function useActions(packages: FoundPlaces["packages"]): {
  readonly links: readonly Destination[];
  readonly actions: readonly FinderAction[];
} {
  const current = useProject();
  const { setColorScheme } = useMantineColorScheme();
  const isExact = useExactTimes();
  return {
    links: [
      ...packages.map(({ project, label, to }) => ({
        label: `Run ${label}`,
        description: `In ${project}, with its form`,
        to: `${to}/run`,
      })),
      ...(current === undefined
        ? []
        : [
            {
              label: `Add a secret to project ${current}`,
              description: "Every package of the project can read it",
              to: addressOf(["projects", current, "secrets"], { add: "" }),
            },
            {
              label: "Upload a package",
              description: `To project ${current}`,
              to: addressOf(["projects", current, "upload"]),
            },
          ]),
      {
        label: "Add a secret to the vault",
        description: "Every package of the platform can read it",
        to: addressOf(["vault", "secrets"], { add: "" }),
      },
    ],
    actions: [
      { label: "Switch to light", description: "Colours", act: () => setColorScheme("light") },
      { label: "Switch to dark", description: "Colours", act: () => setColorScheme("dark") },
      {
        label: isExact ? "Show how long ago times are" : "Show exact times",
        description: "Times",
        act: () => setExactTimes(!isExact),
      },
    ],
  };
}
