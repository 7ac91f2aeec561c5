import { z } from "zod";
import { fields } from "../text/document.ts";
import { base64, sha256Hex } from "../text/bytes-text.ts";
import { jsonObject } from "../text/json-value.ts";
import { packageId, packageName, projectId, projectName, secretName, versionId } from "../names.ts";
import { scopeKeyStatement } from "../wire/scope-key.ts";
import { versionNumber } from "./version-number.ts";

/**
 * One file of a version, as a client announces it: the digest is checked on arrival. `executable` is true for a program
 * that scripts may start by its path; absent means false.
 */
export const versionFile = z.object({
  path: z.string(),
  size: z.number().int().nonnegative(),
  sha256: sha256Hex,
  executable: z.boolean().optional(),
});
export type VersionFile = z.infer<typeof versionFile>;

/** A sealed secret in a request. */
export const sealedSecret = fields({ name: secretName, envelope: base64 });
export type SealedSecret = z.infer<typeof sealedSecret>;

/**
 * Part `version` of the multipart `POST …/packages/:package/versions`; then one part `file` per entry of `files`, in
 * their order, with the path as its filename. Without the part `version` (a plain upload) every part is a file, in the
 * order sent, and a top-level `secrets.json` among them is sealed in memory at the boundary.
 */
export const pushVersion = fields({
  files: z.array(fields(versionFile.shape)),
  secrets: z.array(sealedSecret),
  /** Replace secrets that were changed on the platform since the last push. */
  overwrite: z.boolean(),
});
export type PushVersion = z.infer<typeof pushVersion>;

/** One immutable version. */
export const versionInfo = z.object({
  id: versionId,
  number: z.number().int().positive(),
  /** The earlier version whose files a rollback made the newest again; null for a push, absent from an earlier platform. */
  restores: z.number().int().positive().nullish(),
  digest: sha256Hex,
  createdAt: z.string(),
  files: z.array(versionFile),
  /** The scripts that run, in order. */
  steps: z.array(z.string()),
  /** The parsed manifest.json (else an empty object) and parameters.json (else null). */
  manifest: jsonObject,
  parameters: jsonObject.nullable(),
});
export type VersionInfo = z.infer<typeof versionInfo>;

/** `GET` and `PUT /api/v1/projects/:project/packages/:package`. The version is null until the first push. */
export const packageInfo = z.object({
  id: packageId,
  name: packageName,
  project: z.object({ id: projectId, name: projectName }),
  createdAt: z.string(),
  /** When it was archived; null while it is not, absent from an earlier platform. */
  archivedAt: z.string().nullish(),
  key: scopeKeyStatement,
  version: versionInfo.nullable(),
});
export type PackageInfo = z.infer<typeof packageInfo>;

/** `PATCH /api/v1/projects/:project/packages/:package`: absent fields stay as they are. Answered as `GET` is. */
export const changePackage = fields({
  name: packageName.optional(),
  /** While it is archived, nothing of it starts, nothing is pushed to it, and lists leave it out. */
  archived: z.boolean().optional(),
});
export type ChangePackage = z.infer<typeof changePackage>;

/** `GET /api/v1/projects/:project/packages?archived=`, archived ones only with `true`. */
export const packageList = z.object({
  packages: z.array(
    z.object({
      id: packageId,
      name: packageName,
      version: z.number().int().positive(),
      pushedAt: z.string(),
      archivedAt: z.string().nullish(),
    }),
  ),
});
export type PackageList = z.infer<typeof packageList>;

/** `GET …/packages/:package/versions`. */
export const versionList = z.object({
  versions: z.array(versionInfo.pick({ id: true, number: true, restores: true, digest: true, createdAt: true })),
});
export type VersionList = z.infer<typeof versionList>;

/**
 * `POST …/packages/:package/rollback`: the files of the version `to` become a new version, the newest. Secrets stay as
 * they are.
 */
export const rollBack = fields({ to: versionNumber });
export type RollBack = z.infer<typeof rollBack>;

/** The answer to it: 201 with the new version. */
export const rolledBack = z.object({ package: z.object({ id: packageId, name: packageName }), version: versionInfo });
export type RolledBack = z.infer<typeof rolledBack>;

/** The answer to a push. */
export const pushAnswer = z.object({
  package: z.object({ id: packageId, name: packageName }),
  version: versionInfo,
  secrets: z.object({ stored: z.array(z.string()), kept: z.array(z.string()) }),
  /** True when a secrets.json arrived unencrypted and the platform sealed it. */
  sealedAtBoundary: z.boolean(),
});
export type PushAnswer = z.infer<typeof pushAnswer>;
