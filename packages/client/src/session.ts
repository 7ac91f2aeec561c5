import { SealrunError, sessionAnswer, sessionInfo, type SessionInfo } from "@sealrun/protocol";
import { ask, type Connection, send } from "./request.ts";

/** The platform that a page came from. */
export interface PageConnection {
  /** Base URL of the platform, without `/api/v1`. */
  readonly url: string;
  readonly fetch?: typeof fetch;
}

/** Changes a token for a session, which the browser keeps where no script reads it. `UNAUTHENTICATED` for a wrong token. */
export async function openSession(page: PageConnection, token: string): Promise<SessionInfo> {
  const call = { method: "POST", path: "/session", json: { token }, isPublic: true } as const;
  return ask(connectPage(page), sessionInfo, call);
}

/** Who is signed in, or undefined when nobody is. */
export async function currentSession(page: PageConnection): Promise<SessionInfo | undefined> {
  const { session } = await ask(connectPage(page), sessionAnswer, { method: "GET", path: "/session" });
  return session ?? undefined;
}

/** Ends the session; one that has ended already is fine. */
export async function closeSession(page: PageConnection): Promise<void> {
  try {
    await send(connectPage(page), { method: "DELETE", path: "/session" });
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "UNAUTHENTICATED") throw error;
  }
}

function connectPage(page: PageConnection): Connection {
  // Browsers refuse their fetch as a method of another object.
  return { url: page.url, token: undefined, fetch: page.fetch ?? (async (...request) => fetch(...request)) };
}
