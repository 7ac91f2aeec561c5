import type { Sql } from "@sealrun/postgres";
import { executionsStream } from "@sealrun/protocol";
import { z } from "zod";

/** Why nothing can be published. */
export const trouble = z.enum(["unreachable", "full"]);
export type Trouble = z.infer<typeof trouble>;

/** Notes when a stream was made. True when it is another one than the platforms knew, so that what it held is gone. */
export async function noteStream(sql: Sql, name: string, madeAt: Date): Promise<boolean> {
  await sql.run("insert into streams (name, made_at) values ($1, $2) on conflict do nothing", [name, madeAt]);
  // Of platforms that see the new one at the same time, the row's lock lets one be told.
  const changed = await sql.run(
    "update streams set made_at = $2, checked_at = clock_timestamp() where name = $1 and made_at <> $2",
    [name, madeAt],
  );
  return changed > 0;
}

/** Notes why nothing can be published, or that it can; true when that is new. */
export async function noteTrouble(sql: Sql, found: Trouble | undefined): Promise<boolean> {
  const changed = await sql.run(
    `update streams set trouble = $2, checked_at = clock_timestamp()
     where name = $1 and trouble is distinct from $2`,
    [executionsStream, found ?? null],
  );
  return changed > 0;
}
