import type { Sql } from "@sealrun/postgres";
import { z } from "zod";

/**
 * Notes what a frame was answered for. False when the same frame was answered for something else: a lookup is good for
 * one question.
 */
export async function noteAnswered(sql: Sql, frameDigest: string, asked: string): Promise<boolean> {
  const first = await sql.row(
    z.object({ asked: z.string() }),
    // An update that changes nothing, so that a row that was there already is returned too.
    `insert into answered_frames (digest, asked) values ($1, $2)
     on conflict (digest) do update set asked = answered_frames.asked returning asked`,
    [frameDigest, asked],
  );
  return first?.asked === asked;
}

/** Forgets frames that are an hour old: they are past their lifetime long before. */
export async function forgetAnswered(sql: Sql): Promise<void> {
  await sql.run("delete from answered_frames where answered_at < clock_timestamp() - interval '1 hour'");
}
