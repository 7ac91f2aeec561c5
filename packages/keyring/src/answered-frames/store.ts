import type { Sql } from "@sealrun/postgres";
import { z } from "zod";

/**
 * Notes what a frame was answered for. False when the same frame was answered for something else: one frame is good for
 * one lookup.
 */
export async function noteAnswered(sql: Sql, frameDigest: string, asked: string): Promise<boolean> {
  const first = await sql.row(
    z.object({ asked: z.string() }),
    // The update changes nothing; it makes `returning` return an existing row too.
    `insert into answered_frames (digest, asked) values ($1, $2)
     on conflict (digest) do update set asked = answered_frames.asked returning asked`,
    [frameDigest, asked],
  );
  return first?.asked === asked;
}

/** Deletes notes that are an hour old: their frames expired long before. */
export async function forgetAnswered(sql: Sql): Promise<void> {
  await sql.run("delete from answered_frames where answered_at < clock_timestamp() - interval '1 hour'");
}
