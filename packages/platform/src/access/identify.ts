import type { Sql } from "@sealrun/postgres";
import { checkToken, type FindToken } from "./check-token.ts";
import { refuseCrossSite, type RequestOrigin } from "./cross-site.ts";
import { checkSession } from "./session.ts";
import type { Session } from "./session-store.ts";

/** The credentials of a request, and its origin. */
export interface Credentials extends RequestOrigin {
  readonly authorization: string | undefined;
  /** The cookie of a session. */
  readonly cookie: string | undefined;
}

/** Who a request is from, or why it is unknown. */
export type Caller =
  | { readonly kind: "known"; readonly author: string; readonly session: Session | undefined }
  | { readonly kind: "unknown"; readonly sentence: string };

const signInAgain = "The session has ended; sign in again";

/**
 * Decides who a request is from; no other code does. A token counts before a cookie, so that a cookie in the same
 * request never changes who a program is. `CROSS_SITE_REQUEST` when another site may have sent the cookie.
 */
export async function identify(
  { sql, findToken }: { readonly sql: Sql; readonly findToken: FindToken },
  credentials: Credentials,
): Promise<Caller> {
  const { authorization, cookie } = credentials;
  if (authorization === undefined && cookie !== undefined) {
    refuseCrossSite(credentials);
    const session = await checkSession(sql, cookie);
    return session === undefined
      ? { kind: "unknown", sentence: signInAgain }
      : { kind: "known", author: session.author, session };
  }
  const author = await checkToken(findToken, authorization);
  return author === undefined
    ? {
        kind: "unknown",
        sentence: isOfPage(credentials)
          ? signInAgain
          : "Send a valid token in the header Authorization: Bearer …, or sign in",
      }
    : { kind: "known", author, session: undefined };
}

/** True for a request of the web UI, whose cookie is gone: a person has signed out in another window. */
function isOfPage({ authorization, sessionHeader, fetchSite }: Credentials): boolean {
  return authorization === undefined && ((sessionHeader ?? "") !== "" || fetchSite === "same-origin");
}
