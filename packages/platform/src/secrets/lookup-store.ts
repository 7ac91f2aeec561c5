import type { Sql } from "@sealrun/postgres";
import {
  lookupOrder,
  type PackageId,
  type PlatformId,
  type Presence,
  type ProjectId,
  type Scope,
  scope,
  secretId,
  type SecretName,
  secretName,
} from "@sealrun/protocol";
import { z } from "zod";

const storedRow = z
  .object({
    id: secretId,
    scope,
    owner_id: z.string(),
    name: secretName,
    version: z.number(),
    sealed: z.instanceof(Uint8Array),
    sha256: z.string(),
    size: z.number(),
  })
  .transform(({ owner_id, ...row }) => ({ ...row, ownerId: owner_id }));
/** One version of a secret under both layers; `openStored` opens the outer one. */
export type SealedSecretRow = z.infer<typeof storedRow>;

/** Whose secrets an execution may look up. */
export interface Reach {
  readonly platformId: PlatformId;
  readonly projectId: ProjectId;
  readonly packageId: PackageId;
}

const columns = "s.id, s.scope, s.owner_id, s.name, v.version, v.sealed, v.sha256, v.size";
const withinReach = `((s.scope = 'service' and s.owner_id = $1) or (s.scope = 'project' and s.owner_id = $2)
  or (s.scope = 'platform' and s.owner_id = $3))`;

/** Which scopes have the name. */
export async function findPresence(sql: Sql, reach: Reach, name: SecretName): Promise<Presence> {
  const rows = await sql.rows(
    z.object({ scope }),
    `select s.scope from secrets s where ${withinReach} and s.name = $4 and s.deleted_at is null`,
    [...ownersOf(reach), name],
  );
  return presenceOf(rows);
}

/**
 * The narrowest secret of a name, or the one in the scope `only`, or undefined; and which scopes have the name. Both
 * are read in one statement.
 */
export async function findNarrowest(
  sql: Sql,
  reach: Reach,
  name: SecretName,
  only?: Scope,
): Promise<{ readonly presence: Presence; readonly secret: SealedSecretRow | undefined }> {
  const rows = await sql.rows(
    storedRow,
    `select ${columns} from secrets s join secret_versions v on v.secret_id = s.id and v.version = s.version
     where ${withinReach} and s.name = $4 and s.deleted_at is null`,
    [...ownersOf(reach), name],
  );
  const narrowest = only ?? lookupOrder.find((candidate) => rows.some((row) => row.scope === candidate));
  return { presence: presenceOf(rows), secret: rows.find((row) => row.scope === narrowest) };
}

/** The service secrets of one package, by name; it throws when one of their rows cannot be read. */
export type ListSecrets = (of: PackageId) => readonly SealedSecretRow[];

/** Reads the current service secrets of packages. */
export async function listServiceSecrets(sql: Sql, packages: readonly PackageId[]): Promise<ListSecrets> {
  const rows = await sql.rows(
    z.looseObject({ owner_id: z.string() }),
    `select ${columns} from secrets s join secret_versions v on v.secret_id = s.id and v.version = s.version
     where s.scope = 'service' and s.owner_id = any ($1::text[]) and s.deleted_at is null order by s.name`,
    [packages],
  );
  return (of) => rows.filter((row) => row.owner_id === of).map((row) => storedRow.parse(row));
}

/** The given versions of a package's own secrets, current or not; those that no longer exist are left out. */
export async function findServiceVersions(
  sql: Sql,
  packageId: PackageId,
  wanted: readonly { readonly id: string; readonly version: number }[],
): Promise<readonly SealedSecretRow[]> {
  return sql.rows(
    storedRow,
    `select ${columns} from unnest($2::text[], $3::int[]) with ordinality as w (id, version, place)
       join secrets s on s.id = w.id join secret_versions v on v.secret_id = s.id and v.version = w.version
     where s.scope = 'service' and s.owner_id = $1 and s.deleted_at is null order by w.place`,
    [packageId, wanted.map(({ id }) => id), wanted.map(({ version }) => version)],
  );
}

/** One version by id, current or not, within reach; undefined when it does not exist. */
export async function findVersion(
  sql: Sql,
  reach: Reach,
  wanted: { readonly id: string; readonly version: number },
): Promise<SealedSecretRow | undefined> {
  return sql.row(
    storedRow,
    `select ${columns} from secrets s join secret_versions v on v.secret_id = s.id
     where ${withinReach} and s.id = $4 and v.version = $5 and s.deleted_at is null`,
    [...ownersOf(reach), wanted.id, wanted.version],
  );
}

function ownersOf(reach: Reach): readonly string[] {
  return [reach.packageId, reach.projectId, reach.platformId];
}

function presenceOf(rows: readonly { readonly scope: string }[]): Presence {
  const has = (wanted: string): boolean => rows.some((row) => row.scope === wanted);
  return { service: has("service"), project: has("project"), platform: has("platform") };
}
