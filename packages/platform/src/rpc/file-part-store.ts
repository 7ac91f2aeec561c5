import type { Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { z } from "zod";

const partRow = z.object({ size: z.number(), bytes: z.instanceof(Uint8Array) });

/** Part of a file of the version, and the size of the whole file; undefined when the version has no such file. */
export async function readFilePart(
  sql: Sql,
  wanted: { readonly versionId: string; readonly sha256: string; readonly offset: number },
): Promise<z.infer<typeof partRow> | undefined> {
  return sql.row(
    partRow,
    `select octet_length(f.bytes) as size, substring(f.bytes from $3::int + 1 for $4::int) as bytes
     from files f where f.sha256 = $2
       and exists (select from version_files v where v.version_id = $1 and v.sha256 = f.sha256)`,
    [wanted.versionId, wanted.sha256, Math.min(wanted.offset, limits.packageBytes), limits.fetchPartBytes],
  );
}
