import { SealrunError, sessionAnswer, sessionInfo, type SessionInfo } from "@sealrun/protocol";
import { ask, type Connection, send } from "./request.ts";

/** The platform that a page was loaded from, which knows the session by its cookie. */
export type PageConnection = Omit<Connection, "token">;

/** Exchanges a token for a session cookie that no script can read. `UNAUTHENTICATED` for a wrong token. */
export async function openSession(page: PageConnection, token: string): Promise<SessionInfo> {
  const call = { method: "POST", path: "/session", json: { token }, isPublic: true } as const;
  return ask(page, sessionInfo, call);
}

/** The session of the signed-in user, or undefined without one. */
export async function currentSession(page: PageConnection): Promise<SessionInfo | undefined> {
  const { session } = await ask(page, sessionAnswer, { method: "GET", path: "/session" });
  return session ?? undefined;
}

/** Ends the session; does nothing when it has already ended. */
export async function closeSession(page: PageConnection): Promise<void> {
  try {
    await send(page, { method: "DELETE", path: "/session" });
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "UNAUTHENTICATED") throw error;
  }
}
