import { toHex } from "@sealrun/crypto";
import type { Database, Sql } from "@sealrun/postgres";
import { encodeJson, type PackageId, type PackageName, type ProjectName, type VersionFile } from "@sealrun/protocol";
import { findToken, type StoredToken } from "../access/store.ts";
import { type Executor, findExecutor } from "../executors/store.ts";
import { getPackage, type Package } from "../packages/store.ts";
import { getVersion, listFiles, type Version } from "../packages/version-store.ts";
import { keptChannel } from "../postgres/channels.ts";
import { getProject, type Project } from "../projects/store.ts";
import { createKeptRows, type KeptLimits } from "./kept-rows.ts";

/** A version and its list of files: neither ever changes. */
export interface VersionWithFiles {
  readonly version: Version;
  readonly files: readonly VersionFile[];
}

/** Tables whose changes are notified. */
type KeptTable = "tokens" | "projects" | "packages" | "executors";

/**
 * What is looked up again and again, kept in memory until a notification says that its table was changed. It is used
 * only while notifications are heard; otherwise each row is read. Holds no secret and no text of a token.
 */
export interface Kept {
  findToken(sha256: Uint8Array): Promise<StoredToken | undefined>;
  /** As `getProject` of the projects. */
  getProject(name: ProjectName): Promise<Project>;
  /** As `getPackage` of the packages. */
  getPackage(project: Project, name: PackageName): Promise<Package>;
  /** As `getVersion` of the packages; `sql` reads what is not kept. */
  getVersion(sql: Sql, packageId: PackageId, number: number): Promise<VersionWithFiles>;
  /** As `findExecutor` of the executors. */
  findExecutor(id: string): Promise<Executor | undefined>;
  /** This process has changed the table: the next request sees that, even before the notification arrives. */
  changed(table: KeptTable): void;
  close(): Promise<void>;
}

/** Small rows: an id, a name, a key or a digest. */
const small: KeptLimits<unknown> = { maxRows: 2_000, maxBytes: Infinity, weigh: () => 0 };
const versionLimits: KeptLimits<VersionWithFiles> = {
  maxRows: 500,
  maxBytes: 32 * 1_048_576,
  weigh: ({ version, files }) => encodeJson(version).length + encodeJson(files).length,
};

/** Listens to changes until closed. Triggers notify them: `sql/*.do.kept_tables.sql`. */
export async function openKept(database: Database): Promise<Kept> {
  const isHearing = (): boolean => database.isHearing();
  const tokens = createKeptRows<StoredToken>(small, isHearing);
  const projects = createKeptRows<Project>(small, isHearing);
  const packages = createKeptRows<Package>(small, isHearing);
  const executors = createKeptRows<Executor>(small, isHearing);
  const versions = createKeptRows<VersionWithFiles>(versionLimits, () => true);
  const tables = { tokens, projects, packages, executors } satisfies Record<KeptTable, unknown>;
  const stopListening = await database.listen(keptChannel, (payload) => {
    // Empty after a break: anything may have been changed.
    for (const [table, rows] of Object.entries(tables)) if (payload === "" || payload === table) rows.forget();
  });
  return {
    findToken: async (sha256) => tokens.find(toHex(sha256), async () => findToken(database, sha256)),
    getProject: async (name) => projects.find(name.toLowerCase(), async () => getProject(database, name)),
    getPackage: async (project, name) =>
      packages.find(`${project.id} ${name.toLowerCase()}`, async () => getPackage(database, project, name)),
    getVersion: async (sql, packageId, number) =>
      versions.find(`${packageId} ${number}`, async () => {
        const version = await getVersion(sql, packageId, number);
        return { version, files: await listFiles(sql, version.id) };
      }),
    findExecutor: async (id) => executors.find(id, async () => findExecutor(database, id)),
    changed: (table) => tables[table].forget(),
    close: stopListening,
  };
}
