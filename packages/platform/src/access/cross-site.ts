import { SealrunError, sessionHeader } from "@sealrun/protocol";

/** What a browser says about the origin of a request, and the header that only a page of this platform can add. */
export interface RequestOrigin {
  readonly method: string;
  /** `Sec-Fetch-Site`; older browsers, and those on plain HTTP, send none. */
  readonly fetchSite: string | undefined;
  readonly sessionHeader: string | undefined;
  /** `Origin`: browsers send it with every request that changes something. */
  readonly origin: string | undefined;
  /** `Host`, or what a trusted proxy says that it was. */
  readonly host: string | undefined;
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
export function refuseOtherSite({ method, fetchSite, origin, host }: Omit<RequestOrigin, "sessionHeader">): void {
  if (!isReading(method) && origin !== undefined && !isOf(origin, host ?? "")) {
    throw new SealrunError(
      "CROSS_SITE_REQUEST",
      "The page that sent this request has another host or port than the request itself; open the platform's own address, and let a proxy in front of it pass on the header Host with its port",
    );
  }
  if (fetchSite === undefined || fetchSite === "same-origin") return;
  // An address that a person typed or opened from a bookmark.
  if (fetchSite === "none" && isReading(method)) return;
  throw new SealrunError(
    "CROSS_SITE_REQUEST",
    "A page of another site sent this request; open the platform's own address and do it there",
  );
}

/** True when a page of that origin has this host. The scheme is left out: a proxy may end TLS. */
function isOf(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  const asked = `${protocol}//${host}`;
  return own !== "" && URL.canParse(asked) && new URL(asked).host === own;
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
