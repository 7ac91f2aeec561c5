import { SealrunError, sessionHeader } from "@sealrun/protocol";

/** What a browser says of a request by itself, and the header that only a page of this platform can add. */
export interface RequestOrigin {
  readonly method: string;
  /** `Sec-Fetch-Site`; older browsers, and those on plain HTTP, send none. */
  readonly fetchSite: string | undefined;
  readonly sessionHeader: string | undefined;
}

/**
 * Refuses a request that a session's cookie came with and another site may have caused: `CROSS_SITE_REQUEST`. The cookie
 * is `SameSite=Strict` besides; a sibling under the same domain gets past that, and not past this.
 */
export function refuseCrossSite(origin: RequestOrigin): void {
  refuseOtherSite(origin);
  if (isReading(origin.method) || (origin.sessionHeader ?? "") !== "") return;
  throw new SealrunError(
    "CROSS_SITE_REQUEST",
    `A session changes something only with the header ${sessionHeader}; programs send a token instead`,
  );
}

/** The same for a request that needs no session yet: no other site may sign somebody in. */
export function refuseOtherSite({ method, fetchSite }: Omit<RequestOrigin, "sessionHeader">): void {
  if (fetchSite === undefined || fetchSite === "same-origin") return;
  // An address that a person typed or opened from a bookmark.
  if (fetchSite === "none" && isReading(method)) return;
  throw new SealrunError(
    "CROSS_SITE_REQUEST",
    "A page of another site caused this request; open the platform's own address and do it there",
  );
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
