import { expect, test } from "vitest";
import { closeSession, createClient, currentSession, openSession } from "@sealrun/client";
import { hostilePlatform, textOf } from "../hostile-platform.ts";
import { rejectionOf } from "../../support/refusal.ts";

const info = { author: "admin", expiresAt: "2030-01-01T00:00:00.000Z" };
const signedOut = (): Response =>
  Response.json({ error: { code: "UNAUTHENTICATED", message: "Sign in again", requestId: "r" } }, { status: 401 });

/** A page of a platform that gives one answer, and what the page asked. */
function pageOf(answer: () => Response) {
  const asked: { readonly address: string; readonly request: RequestInit; readonly headers: Headers }[] = [];
  const fetch: typeof globalThis.fetch = async (address, request = {}) => {
    asked.push({ address: textOf(address), request, headers: new Headers(request.headers) });
    return answer();
  };
  return { asked, page: { url: "http://platform.test", fetch } };
}

test("openSession() sends the token once, in the body, and lets the browser keep the cookie", async () => {
  const { asked, page } = pageOf(() => Response.json(info));
  expect(await openSession(page, "sr_adm_x")).toEqual(info);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.address).toBe("http://platform.test/api/v1/session");
  expect(asked[0]?.request).toMatchObject({ method: "POST", body: '{"token":"sr_adm_x"}', credentials: "same-origin" });
  expect(asked[0]?.headers.has("authorization")).toBe(false);
});

test("openSession() fails as the platform says for a wrong token", async () => {
  const { page } = pageOf(signedOut);
  expect(await rejectionOf(openSession(page, "x"))).toMatchObject({ code: "UNAUTHENTICATED" });
});

test("currentSession() gives who is signed in, or undefined", async () => {
  expect(await currentSession(pageOf(() => Response.json({ session: info })).page)).toEqual(info);
  expect(await currentSession(pageOf(() => Response.json({ session: null })).page)).toBeUndefined();
});

test("currentSession() distinguishes an unreachable platform from one without a session", async () => {
  const { page } = pageOf(() => Response.json({}, { status: 502 }));
  expect(await rejectionOf(currentSession(page))).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
});

test("closeSession() sends the header that other sites cannot send, and takes an ended session as closed", async () => {
  const { asked, page } = pageOf(() => new Response(null, { status: 204 }));
  await closeSession(page);
  expect(asked[0]?.request.method).toBe("DELETE");
  expect(asked[0]?.headers.get("x-sealrun-session")).toBe("1");
  await closeSession(pageOf(signedOut).page);
});

test("createClient() without a token sends the session's header and no Authorization, with one the reverse", async () => {
  const platform = hostilePlatform(() => ({ projects: [] }));
  for (const [token, header, authorization] of [
    [undefined, "1", null],
    ["t", null, "Bearer t"],
  ] as const) {
    await createClient({ ...platform, url: "http://platform.test", token }).listProjects();
    const { headers } = platform.seen.at(-1) ?? { headers: new Headers() };
    expect(headers.get("x-sealrun-session")).toBe(header);
    expect(headers.get("authorization")).toBe(authorization);
  }
});

test("createClient() sends no token to watch the changes of a platform with another keyring", async () => {
  const platform = hostilePlatform(() => new Response(""));
  const client = createClient({ ...platform, url: "http://platform.test", token: "t", fingerprint: "SHA256:x" });
  expect(await rejectionOf(client.watchChanges({ onChange: () => undefined }))).toMatchObject({
    code: "FINGERPRINT_MISMATCH",
  });
  expect(platform.seen.every(({ headers }) => !headers.has("authorization"))).toBe(true);
});
