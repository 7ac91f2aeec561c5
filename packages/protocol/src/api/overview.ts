import { z } from "zod";
import { executionStatus } from "../wire/execution.ts";
import { executionId, packageId, packageName, projectName, secretName } from "../names.ts";
import { scope } from "../scope.ts";
import { executionSummary } from "./executions.ts";

/** A secret that a package asks for and no scope has. */
export const missingSecret = z.object({
  name: z.string(),
  /** What asks for it: the manifest's list, a reference in a document, or a run that did not find it. */
  askedBy: z.enum(["manifest", "reference", "run"]),
  /** The step, the document, or the execution's id. */
  where: z.string(),
});
export type MissingSecret = z.infer<typeof missingSecret>;

/** A package on the home page of its project. */
export const packageOverview = z.object({
  id: packageId,
  name: packageName,
  version: z.number().int().positive(),
  pushedAt: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  /** Number of scripts that a run starts. */
  steps: z.number().int().nonnegative(),
  /** False when the manifest says `active: false` or `allow_manual_triggering: false`. */
  canRun: z.boolean(),
  /** True when parameters.json declares any. */
  hasParameters: z.boolean(),
  /** The newest execution. */
  lastRun: executionSummary.nullable(),
  /** The last ten, the newest first. */
  recent: z.array(z.object({ id: executionId, status: executionStatus })),
  missing: z.array(missingSecret),
  /** When its schedule next starts it. */
  nextAt: z.string().nullable(),
  /** When it was archived; null while it is not, absent from an earlier platform. */
  archivedAt: z.string().nullish(),
});
export type PackageOverview = z.infer<typeof packageOverview>;

/** `GET /api/v1/projects/:project/overview?archived=`: the home page of a project; archived packages only with `true`. */
export const projectOverview = z.object({ packages: z.array(packageOverview) });
export type ProjectOverview = z.infer<typeof projectOverview>;

/** A project on the page of all projects. */
export const projectSummary = z.object({
  name: projectName,
  /** Number of packages that have a version. */
  packages: z.number().int().nonnegative(),
  /** Number of packages whose last run failed, was lost or waits, or that are missing secrets. */
  needAttention: z.number().int().nonnegative(),
  /** When the newest execution was accepted. */
  lastRunAt: z.string().nullable(),
});
export type ProjectSummary = z.infer<typeof projectSummary>;

/** `GET /api/v1/overview`: the page of all projects. */
export const platformOverview = z.object({ projects: z.array(projectSummary) });
export type PlatformOverview = z.infer<typeof platformOverview>;

/** A project whose name was found. */
const foundProject = z.object({ project: projectName, archived: z.boolean() });
/** A package whose name was found; `archived` also when its project is. */
const foundPackage = z.object({ project: projectName, package: packageName, archived: z.boolean() });
/** A secret whose name was found, and its place: of a project, one of its packages, or the platform. */
const foundSecret = z.object({
  name: secretName,
  scope,
  project: projectName.nullable(),
  package: packageName.nullable(),
  archived: z.boolean(),
});

/**
 * `GET /api/v1/renamed?project=&package=`: what a project, or a package of it, is called today by an earlier name. Null
 * for names that nothing had before; `package` is null when only a project was asked for.
 */
export const renamed = z.object({
  renamed: z.object({ project: z.string(), package: z.string().nullable() }).nullable(),
});
/** What has an earlier name, by its names of today. */
export type RenamedTo = NonNullable<z.infer<typeof renamed>["renamed"]>;

/** `GET /api/v1/find?text=&near=&archived=&limit=`: at most `limit` names of each kind, the best match first; never a value. */
export const foundNames = z.object({
  projects: z.array(foundProject),
  packages: z.array(foundPackage),
  secrets: z.array(foundSecret),
});
export type FoundNames = z.infer<typeof foundNames>;
