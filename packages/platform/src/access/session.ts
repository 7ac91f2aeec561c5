import { createHash, randomBytes } from "node:crypto";
import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { findSession, removeSession, saveSession, type Session } from "./session-store.ts";
import { findTokenOf } from "./check-token.ts";
import { findToken } from "./store.ts";

/** A new session and the text of its cookie; only the browser keeps that text. */
export interface OpenedSession {
  readonly session: Session;
  readonly cookie: string;
}

const cookieText = /^[A-Za-z0-9_-]{43}$/;

/** The content of a sign-in request. */
export interface SignIn {
  readonly token: string;
  /** The earlier cookie of the browser. Its session ends too, because no one could end it later. */
  readonly earlier?: string | undefined;
}

/** Opens a session for a token. Undefined when the token is not valid; then the earlier session stays open. */
export async function openSession(
  { database }: Pick<Deps, "database">,
  { token, earlier }: SignIn,
  requestId: string,
): Promise<OpenedSession | undefined> {
  const known = await findTokenOf(async (sha256) => findToken(database, sha256), token);
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

/** The open session of a cookie, or undefined. */
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

/** Records a refused sign-in and its address in the audit; the person is unknown. */
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
    // Nothing was disclosed, and the requester still gets the refusal.
    log.error({ err: error, action }, "A refused sign-in could not be written to the audit; the refusal stands");
  }
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
