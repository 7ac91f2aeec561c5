import type { FoundNames } from "@sealrun/protocol";
import { addressOf, type Destination } from "./destination.ts";

/** Found names as places to go to. */
export interface FoundPlaces {
  readonly packages: readonly (Destination & { readonly project: string })[];
  readonly projects: readonly Destination[];
  readonly secrets: readonly Destination[];
}

/** Nothing found. */
export const noPlaces: FoundPlaces = { packages: [], projects: [], secrets: [] };

/** Found names as places to go to. */
export function toPlaces({ packages, projects, secrets }: FoundNames): FoundPlaces {
  return {
    packages: packages.map(({ project, package: name }) => ({
      project,
      label: name,
      description: `Package of ${project}`,
      keywords: `${project}/${name}`,
      to: addressOf(["projects", project, "packages", name]),
    })),
    projects: projects.map(({ project }) => ({
      label: project,
      description: "Project",
      to: addressOf(["projects", project]),
    })),
    secrets: secrets.map((secret) => ({
      label: secret.name,
      description: `Secret of ${whose(secret)}`,
      to: addressOf(pageOf(secret), { open: secret.name }),
    })),
  };
}

type Place = Pick<FoundNames["secrets"][number], "project" | "package">;

function whose({ project, package: name }: Place): string {
  if (project === null) return "the platform";
  return name === null ? `project ${project}` : `package ${name} of ${project}`;
}

function pageOf({ project, package: name }: Place): readonly string[] {
  if (project === null) return ["vault", "secrets"];
  return ["projects", project, ...(name === null ? [] : ["packages", name]), "secrets"];
}
