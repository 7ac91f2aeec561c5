import { createHash, randomBytes } from "node:crypto";
import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { findSession, removeSession, saveSession, type Session } from "./session-store.ts";
import { findTokenOf } from "./check-token.ts";

/** A new session and the text of its cookie, which is known to the browser alone from here on. */
export interface OpenedSession {
  readonly session: Session;
  readonly cookie: string;
}

const cookieText = /^[A-Za-z0-9_-]{43}$/;

/** What somebody signs in with. */
export interface SignIn {
  readonly token: string;
  /** The cookie that the browser had until now; its session ends, for nobody could end it later. */
  readonly earlier?: string | undefined;
}

/** Opens a session for the holder of a token, or gives undefined, and ends nothing, when the token is not valid. */
export async function openSession(
  { database }: Pick<Deps, "database">,
  { token, earlier }: SignIn,
  requestId: string,
): Promise<OpenedSession | undefined> {
  const known = await findTokenOf(database, token);
  if (known === undefined) return undefined;
  const cookie = randomBytes(32).toString("base64url");
  const session = await database.transaction(async (sql) => {
    const saved = await saveSession(sql, { id: newId("session"), sha256: digest(cookie), tokenSha256: known.sha256 });
    if (saved === undefined) return undefined;
    const before = earlier === undefined ? undefined : await checkSession(sql, earlier);
    if (before !== undefined) await endSession(sql, before, requestId);
    const requester = { name: saved.author, requestId };
    await recordAudit(sql, { requester, action: "session.opened", object: saved.id });
    return saved;
  });
  return session === undefined ? undefined : { session, cookie };
}

/** The open session that a cookie stands for, or undefined. */
export async function checkSession(sql: Sql, cookie: string): Promise<Session | undefined> {
  return cookieText.test(cookie) ? findSession(sql, digest(cookie)) : undefined;
}

/** Ends a session at once, in every tab. */
export async function closeSession(
  { database }: Pick<Deps, "database">,
  session: Session,
  requestId: string,
): Promise<void> {
  await database.transaction(async (sql) => endSession(sql, session, requestId));
}

async function endSession(sql: Sql, session: Session, requestId: string): Promise<void> {
  if (!(await removeSession(sql, session.id))) return;
  const requester = { name: session.author, requestId };
  await recordAudit(sql, { requester, action: "session.closed", object: session.id });
}

/** Writes that somebody was refused a session, and from which address. Nobody knows who it was. */
export async function recordRefusedSignIn(
  { database, log }: Pick<Deps, "database" | "log">,
  address: string,
  requestId: string,
): Promise<void> {
  const action = "session.refused";
  const requester = { name: "unknown", requestId };
  try {
    await recordAudit(database, { requester, action, object: "session", detail: { address } });
  } catch (error) {
    // Nothing was given away, and who asked learns the refusal all the same.
    log.error({ err: error, action }, "A refusal could not be written to the audit");
  }
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
