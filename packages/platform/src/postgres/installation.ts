import { sealCheckValue, type SymmetricKey, verifyCheckValue } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { type PlatformId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";

const installationRow = z.object({ platform_id: z.string(), storage_key_check: z.instanceof(Uint8Array) });

/**
 * Checks that this database belongs to this platform and this storage key; the first start decides.
 * `WRONG_ROOT_KEY` names both key ids, `CONFIG_INVALID` both platforms.
 */
export async function claimInstallation(sql: Sql, own: { platformId: PlatformId; key: SymmetricKey }): Promise<void> {
  await sql.run(
    "insert into installation (platform_id, storage_key_check) values ($1, $2) on conflict (only_row) do nothing",
    [own.platformId, sealCheckValue(own.key, "storage")],
  );
  const row = await sql.row(installationRow, "select platform_id, storage_key_check from installation");
  if (row === undefined) throw new SealrunError("INTERNAL", "The row in the table installation is missing");
  verifyCheckValue(own.key, "storage", row.storage_key_check);
  if (row.platform_id === own.platformId) return;
  throw new SealrunError(
    "CONFIG_INVALID",
    `This database belongs to platform ${row.platform_id}, the settings name ${own.platformId}; use its own settings or another database`,
  );
}
