import { sha256Hex, utf8 } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import type { JsonObject, PackageId, SealingBatch } from "@sealrun/protocol";
import { z } from "zod";

/** One row names at most this many secrets; beyond that it has a digest. */
const maxNamed = 200;

/**
 * The secrets that a grant opens, for the audit: the package's own secrets as `NAME@version`. Of more than 200, the
 * first 200 are named, and `sha256` covers all of them, one a line.
 */
export async function describeOpened(
  sql: Sql,
  packageId: PackageId,
  uploads: readonly SealingBatch[],
): Promise<JsonObject> {
  const rows = await sql.rows(
    z.object({ opened: z.string() }),
    `select s.name || '@' || v.version as opened from secrets s join secret_versions v on v.secret_id = s.id
     where s.scope = 'service' and s.owner_id = $1
       and (v.key_id, encode(v.ephemeral, 'base64')) in (select * from unnest($2::text[], $3::text[]))
     order by s.name, v.version`,
    [packageId, uploads.map(({ keyId }) => keyId), uploads.map(({ ephemeral }) => ephemeral)],
  );
  const opens = rows.map(({ opened }) => opened);
  if (opens.length <= maxNamed) return { opens };
  return { opens: opens.slice(0, maxNamed), count: opens.length, sha256: sha256Hex(utf8(opens.join("\n"))) };
}
