import type { Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { z } from "zod";

const idleSeconds = limits.sessionIdleMs / 1_000;
const lifetimeSeconds = limits.sessionLifetimeMs / 1_000;

const openedRow = z
  .object({ id: z.string(), author: z.string(), expires_at: z.date() })
  .transform(({ expires_at, ...row }) => ({ ...row, expiresAt: expires_at.toISOString() }));
/** An open session, its author, and when it ends without further requests. */
export type Session = z.infer<typeof openedRow>;

const expiresAt = "least(clock_timestamp() + make_interval(secs => $2), s.created_at + make_interval(secs => $3))";
/** A session ends at its time, or when the token that opened it is gone or replaced. */
const isOpen = `s.expires_at > clock_timestamp()
  and exists (select from tokens t where t.id = s.token_id and t.sha256 = s.token_sha256)`;

/** Stores a new session of the token with that digest; undefined when the token no longer exists. */
export async function saveSession(
  sql: Sql,
  session: { readonly id: string; readonly sha256: Uint8Array; readonly tokenSha256: Uint8Array },
): Promise<Session | undefined> {
  return sql.row(
    openedRow,
    `with token as (select id, name, sha256 from tokens where sha256 = $3),
     opened as (
       insert into sessions (id, sha256, token_id, token_sha256, expires_at)
       select $1, $2, id, sha256, clock_timestamp() + make_interval(secs => $4) from token returning id, expires_at)
     select opened.id, token.name as author, opened.expires_at from opened, token`,
    [session.id, session.sha256, session.tokenSha256, idleSeconds],
  );
}

/** The open session of that digest, or undefined. Its use is noted at most once a minute, which postpones its end. */
export async function findSession(sql: Sql, sha256: Uint8Array): Promise<Session | undefined> {
  const row = openedRow.and(z.object({ is_due: z.boolean() }));
  const found = await sql.row(
    row,
    `select s.id, (select name from tokens where id = s.token_id) as author, s.expires_at,
            s.last_used_at < clock_timestamp() - interval '1 minute' as is_due
     from sessions s where s.sha256 = $1 and ${isOpen}`,
    [sha256],
  );
  if (found === undefined) return undefined;
  const { is_due, ...session } = found;
  if (!is_due) return session;
  const noted = await sql.row(
    z.object({ expires_at: z.date() }),
    `update sessions s set last_used_at = clock_timestamp(), expires_at = ${expiresAt}
     where s.sha256 = $1 and ${isOpen} returning s.expires_at`,
    [sha256, idleSeconds, lifetimeSeconds],
  );
  return noted === undefined ? undefined : { ...session, expiresAt: noted.expires_at.toISOString() };
}

/** Which of these sessions are open. Does not count as use. */
export async function findOpenSessions(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const idRow = z.object({ id: z.string() });
  const rows = await sql.rows(idRow, `select s.id from sessions s where s.id = any ($1) and ${isOpen}`, [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Ends a session; false when it has already ended. */
export async function removeSession(sql: Sql, id: string): Promise<boolean> {
  return (await sql.run("delete from sessions where id = $1", [id])) === 1;
}

/** Deletes sessions that have ended. */
export async function forgetEndedSessions(sql: Sql): Promise<void> {
  await sql.run(`delete from sessions s where not (${isOpen})`);
}
