import { SealrunError, sessionAnswer, sessionInfo, type SessionInfo } from "@sealrun/protocol";
import { ask, type Connection, send } from "./request.ts";

/** The platform that a page came from, which knows the page by its cookie. */
export type PageConnection = Omit<Connection, "token">;

/** Changes a token for a session, which the browser keeps where no script reads it. `UNAUTHENTICATED` for a wrong token. */
export async function openSession(page: PageConnection, token: string): Promise<SessionInfo> {
  const call = { method: "POST", path: "/session", json: { token }, isPublic: true } as const;
  return ask(page, sessionInfo, call);
}

/** Who is signed in, or undefined when nobody is. */
export async function currentSession(page: PageConnection): Promise<SessionInfo | undefined> {
  const { session } = await ask(page, sessionAnswer, { method: "GET", path: "/session" });
  return session ?? undefined;
}

/** Ends the session; one that has ended already is fine. */
export async function closeSession(page: PageConnection): Promise<void> {
  try {
    await send(page, { method: "DELETE", path: "/session" });
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "UNAUTHENTICATED") throw error;
  }
}
