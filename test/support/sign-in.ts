import type { TestPlatform } from "./start-platform.ts";

/** Sends a request below `/api/v1` with these headers alone: nobody's token. */
export async function callPlainly(
  { url }: Pick<TestPlatform, "url">,
  [method, path, json]: readonly [method: string, path: string, json?: unknown],
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const type = json === undefined ? {} : { "content-type": "application/json" };
  return fetch(`${url}/api/v1${path}`, { method, headers: { ...headers, ...type }, ...body });
}

/** The cookie of a new session, as a browser would send it back. */
export async function signIn({ url, token }: Pick<TestPlatform, "url" | "token">): Promise<string> {
  const answer = await callPlainly({ url }, ["POST", "/session", { token }]);
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
