import { SealrunError } from "@sealrun/protocol";
import type { Project } from "../projects/store.ts";
import type { Package } from "./store.ts";

/** Throws `ARCHIVED` for an archived package, and for a package of an archived project. */
export function refuseArchived(
  project: Pick<Project, "name" | "archivedAt">,
  found?: Pick<Package, "name" | "archivedAt">,
): void {
  if (project.archivedAt !== null) throw archived(`Project ${project.name}`);
  if (found !== undefined && found.archivedAt !== null) throw archived(`Package ${project.name}/${found.name}`);
}

function archived(what: string): SealrunError {
  return new SealrunError("ARCHIVED", `${what} is archived; unarchive it first`);
}
