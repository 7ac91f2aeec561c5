import type { Sql } from "@sealrun/postgres";
import { executionsStream } from "@sealrun/protocol";
import { z } from "zod";

/** Why nothing can be published. */
export const trouble = z.enum(["unreachable", "full"]);
export type Trouble = z.infer<typeof trouble>;

/**
 * Stores when a stream was created. True when it was created again since the last check, so that its messages are gone.
 */
export async function noteStream(sql: Sql, name: string, madeAt: Date): Promise<boolean> {
  await sql.run("insert into streams (name, made_at) values ($1, $2) on conflict do nothing", [name, madeAt]);
  // When several platforms see the new stream at the same time, the row's lock lets only one of them get true.
  const changed = await sql.run(
    "update streams set made_at = $2, checked_at = clock_timestamp() where name = $1 and made_at <> $2",
    [name, madeAt],
  );
  return changed > 0;
}

/** Stores why nothing can be published, or that publishing works; true when that is a change. */
export async function noteTrouble(sql: Sql, found: Trouble | undefined): Promise<boolean> {
  const changed = await sql.run(
    `update streams set trouble = $2, checked_at = clock_timestamp()
     where name = $1 and trouble is distinct from $2`,
    [executionsStream, found ?? null],
  );
  return changed > 0;
}
