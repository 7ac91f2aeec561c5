import type { TestPlatform } from "./start-platform.ts";

/** The cookie of a new session, as a browser would send it back. */
export async function signIn({ url, token }: Pick<TestPlatform, "url" | "token">): Promise<string> {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
}

/** The headers that a page's own requests carry with that cookie. */
export function asPage(cookie: string): {
  readonly cookie: string;
  readonly "x-sealrun-session": string;
  readonly "sec-fetch-site": string;
} {
  return { cookie, "x-sealrun-session": "1", "sec-fetch-site": "same-origin" };
}
