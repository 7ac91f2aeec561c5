import { SealrunError, sessionHeader } from "@sealrun/protocol";

/** What a browser says about the origin of a request, and the header that only a page of this platform can add. */
export interface RequestOrigin {
  readonly method: string;
  /** `Sec-Fetch-Site`; older browsers, and those on plain HTTP, send none. */
  readonly fetchSite: string | undefined;
  readonly sessionHeader: string | undefined;
}

/**
 * Refuses a request with a session's cookie that another site may have caused: `CROSS_SITE_REQUEST`. The cookie is also
 * `SameSite=Strict`, but another host under the same domain passes that check; it does not pass this one.
 */
export function refuseCrossSite(origin: RequestOrigin): void {
  refuseOtherSite(origin);
  if (isReading(origin.method) || (origin.sessionHeader ?? "") !== "") return;
  throw new SealrunError(
    "CROSS_SITE_REQUEST",
    `A request with a session needs the header ${sessionHeader} to change something; a program should send a token instead`,
  );
}

/** The same for a request without a session: another site must not sign a person in. */
export function refuseOtherSite({ method, fetchSite }: Omit<RequestOrigin, "sessionHeader">): void {
  if (fetchSite === undefined || fetchSite === "same-origin") return;
  // An address that a person typed or opened from a bookmark.
  if (fetchSite === "none" && isReading(method)) return;
  throw new SealrunError(
    "CROSS_SITE_REQUEST",
    "A page of another site sent this request; open the platform's own address and do it there",
  );
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
