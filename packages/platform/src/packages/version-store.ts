import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  jsonObject,
  packageId,
  type PackageId,
  SealrunError,
  type VersionFile,
  versionFile,
  versionId,
} from "@sealrun/protocol";
import { z } from "zod";
import { ringOutbox } from "../postgres/channels.ts";
import { insertRows } from "../postgres/insert-rows.ts";
import type { CheckedVersion, UploadedFile } from "./checked-version.ts";
import { storedStep } from "./stored-step.ts";

const versionFields = {
  id: versionId,
  number: z.number(),
  restores: z.number().nullable(),
  digest: z.string(),
  created_at: z.date(),
  manifest: jsonObject,
  config: jsonObject,
  parameters: jsonObject.nullable(),
  steps: z.array(storedStep),
};
const versionRow = z.object(versionFields).transform(({ created_at, ...row }) => ({ ...row, createdAt: created_at }));
/** An immutable version, without its files. */
export type Version = z.infer<typeof versionRow>;

const packageVersionRow = z
  .object({ ...versionFields, package_id: packageId })
  .transform(({ created_at, package_id, ...row }) => ({
    packageId: package_id,
    version: { ...row, createdAt: created_at },
  }));

const listedRow = z
  .object({
    id: versionId,
    number: z.number(),
    restores: z.number().nullable(),
    digest: z.string(),
    created_at: z.date(),
  })
  .transform(({ created_at, ...row }) => ({ ...row, createdAt: created_at }));

/** Only programs have the field: lists of older versions look as they did. */
const listedFile = versionFile.transform(({ executable, ...file }) =>
  executable === true ? { ...file, executable } : file,
);

const limited = z.object({ max_concurrent: z.number().optional() });

const columns = "id, number, restores, digest, created_at, manifest, config, parameters, steps";

/** Stores a version as the package's newest; the caller has locked the package. Existing files are not sent again. */
export async function insertVersion(
  sql: Sql,
  made: {
    readonly packageId: PackageId;
    readonly number: number;
    readonly author: string;
    readonly checked: CheckedVersion;
    /** The earlier version with the same files, after a rollback. */
    readonly restores?: number | undefined;
  },
): Promise<void> {
  const { packageId, number, author, checked, restores } = made;
  const id = newId("version");
  await insertFiles(sql, checked);
  await sql.run(
    `insert into versions (id, package_id, number, digest, author, manifest, config, parameters, steps, restores)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      packageId,
      number,
      checked.digest,
      author,
      JSON.stringify(checked.manifest ?? {}),
      JSON.stringify(checked.config),
      checked.parameters === undefined ? null : JSON.stringify(checked.parameters),
      JSON.stringify(checked.steps),
      restores ?? null,
    ],
  );
  const files = checked.files.map((file, position) => [
    id,
    position,
    file.path,
    file.sha256,
    file.bytes.length,
    file.executable,
  ]);
  await insertRows(sql, "version_files (version_id, position, path, sha256, size, executable)", files);
  const { max_concurrent: limit } = limited.parse(checked.manifest ?? {});
  await sql.run("update packages set current_version = $2, max_concurrent = $3 where id = $1", [
    packageId,
    number,
    limit ?? null,
  ]);
  // Executions that waited for the old limit may start now.
  await ringOutbox(sql);
}

/** The version of that number, or `NOT_FOUND`. */
export async function getVersion(sql: Sql, packageId: PackageId, number: number): Promise<Version> {
  const found = await sql.row(versionRow, `select ${columns} from versions where package_id = $1 and number = $2`, [
    packageId,
    number,
  ]);
  if (found !== undefined) return found;
  throw new SealrunError("NOT_FOUND", `This package has no version ${number}; list its versions`);
}

/** For each of these packages its version of that number; missing versions are left out. */
export async function findVersions(
  sql: Sql,
  wanted: ReadonlyMap<PackageId, number>,
): Promise<ReadonlyMap<PackageId, Version>> {
  const rows = await sql.rows(
    packageVersionRow,
    `select v.package_id, v.id, v.number, v.restores, v.digest, v.created_at, v.manifest, v.config, v.parameters, v.steps
     from unnest($1::text[], $2::int[]) as given (package_id, number)
       join versions v on v.package_id = given.package_id and v.number = given.number`,
    [[...wanted.keys()], [...wanted.values()]],
  );
  return new Map(rows.map((row) => [row.packageId, row.version]));
}

/** All versions, newest first. */
export async function listVersions(sql: Sql, packageId: PackageId): Promise<readonly z.infer<typeof listedRow>[]> {
  return sql.rows(
    listedRow,
    "select id, number, restores, digest, created_at from versions where package_id = $1 order by number desc",
    [packageId],
  );
}

/** When a package was last pushed, or undefined. A rollback brings no secrets, so it is none. */
export async function findLastPush(sql: Sql, packageId: PackageId): Promise<Date | undefined> {
  const row = await sql.row(
    z.object({ at: z.date().nullable() }),
    "select max(created_at) as at from versions where package_id = $1 and restores is null",
    [packageId],
  );
  return row?.at ?? undefined;
}

/** The files of a version in upload order. */
export async function listFiles(sql: Sql, version: string): Promise<readonly VersionFile[]> {
  return sql.rows(
    listedFile,
    "select path, sha256, size, executable from version_files where version_id = $1 order by position",
    [version],
  );
}

const storedFile = z.object({
  path: z.string(),
  bytes: z.instanceof(Uint8Array),
  sha256: z.string(),
  executable: z.boolean(),
});

/** The files of a version in upload order, as they were uploaded. */
export async function readFiles(sql: Sql, version: string): Promise<readonly UploadedFile[]> {
  return sql.rows(
    storedFile,
    `select v.path, f.bytes, v.sha256, v.executable from version_files v join files f on f.sha256 = v.sha256
     where v.version_id = $1 order by v.position`,
    [version],
  );
}

/** One file of a version, or undefined. */
export async function findFile(sql: Sql, version: string, path: string): Promise<Uint8Array | undefined> {
  const row = await sql.row(
    z.object({ bytes: z.instanceof(Uint8Array) }),
    "select f.bytes from version_files v join files f on f.sha256 = v.sha256 where v.version_id = $1 and v.path = $2",
    [version, path],
  );
  return row?.bytes;
}

async function insertFiles(sql: Sql, { files }: CheckedVersion): Promise<void> {
  const bySha256 = new Map(files.map(({ sha256, bytes }) => [sha256, bytes]));
  const known = await sql.rows(
    z.object({ sha256: z.string() }),
    "select sha256 from files where sha256 = any ($1::text[])",
    [[...bySha256.keys()]],
  );
  for (const { sha256 } of known) bySha256.delete(sha256);
  // One order for all writers: two pushes of the same files wait for each other and never deadlock.
  const missing = [...bySha256].sort(([left], [right]) => (left < right ? -1 : 1));
  await insertRows(sql, "files (sha256, bytes)", missing, "on conflict (sha256) do nothing");
}
