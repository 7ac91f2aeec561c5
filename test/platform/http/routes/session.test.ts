import { createHash } from "node:crypto";
import { start } from "@sealrun/platform";
import { type Database, openDatabase } from "@sealrun/postgres";
import { auditList, sessionAnswer, sessionInfo } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, refused } from "../../../support/api.ts";
import { asPage, callPlainly, signIn } from "../../../support/sign-in.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

const logged: string[] = [];
let platform: TestPlatform;
let database: Database;
beforeAll(async () => {
  platform = await startPlatform((line) => logged.push(line));
  database = await openDatabase({ config: platform.config.postgres, applicationName: "test" });
});
afterAll(async () => {
  await database.close();
  await platform.close();
});

type Headers = Readonly<Record<string, string>>;
const call = async (method: string, path: string, headers: Headers = {}, json?: unknown) =>
  callPlainly(platform, [method, path, json], headers);
const post = async (token: unknown, headers: Headers = {}) => call("POST", "/session", headers, { token });

describe("POST /api/v1/session", () => {
  test("POST /api/v1/session answers who signed in, with a cookie that no script reads", async () => {
    const answer = await post(platform.token);
    const info = sessionInfo.parse(await answer.json());
    expect(info.author).toBe("admin");
    const [hours, now] = [3_600_000, Date.now()];
    expect(Math.round((Date.parse(info.expiresAt) - now) / hours)).toBe(12);
    const [text, ...attributes] = (answer.headers.get("set-cookie") ?? "").split("; ");
    expect(text).toMatch(/^sealrun_session=[\w-]{43}$/);
    expect(attributes.toSorted()).toEqual(["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Strict"]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("POST /api/v1/session keeps neither the cookie nor the token in the database", async () => {
    const cookie = (await signIn(platform)).split("=")[1] ?? "";
    const rows = await database.rows(z.object({ row: z.string() }), "select s::text as row from sessions s");
    const text = rows.map(({ row }) => row).join();
    expect(text).toContain(createHash("sha256").update(cookie).digest("hex"));
    expect(text).not.toContain(cookie);
    expect(text).not.toContain(platform.token);
  });

  test.each([`sr_adm_${"x".repeat(43)}`, "x", "' or 1=1 --"])(
    "POST /api/v1/session refuses the token %j",
    async (token) => {
      const answer = await post(token);
      expect(answer.headers.get("set-cookie")).toBeNull();
      expect(await refused(Promise.resolve(answer))).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    },
  );

  test.each(["", 7, null, "x".repeat(257)])("POST /api/v1/session refuses %j, which is no token", async (token) => {
    expect(await refused(post(token))).toMatchObject({ status: 400, code: "BAD_REQUEST" });
  });

  test("POST /api/v1/session refuses a sign-in from another site", async () => {
    for (const site of ["cross-site", "same-site", "none"]) {
      const answer = refused(post(platform.token, { "sec-fetch-site": site }));
      expect(await answer, site).toMatchObject({ status: 403, code: "CROSS_SITE_REQUEST" });
    }
    expect((await post(platform.token, { "sec-fetch-site": "same-origin" })).status).toBe(200);
    const form = fetch(`${platform.url}/api/v1/session`, { method: "POST", body: new URLSearchParams({ token: "x" }) });
    expect(await refused(form)).toMatchObject({ status: 400 });
  });

  test("POST /api/v1/session sets a cookie only for HTTPS when a trusted proxy says so", async () => {
    const log = pino({ level: "silent" });
    const behind = await start({ ...platform.config, trustedProxies: ["127.0.0.0/8"] }, { log });
    const send = async (url: string) =>
      fetch(`${url}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-proto": "https" },
        body: JSON.stringify({ token: platform.token }),
      });
    const [trusted, direct] = [await send(behind.url), await send(platform.url)];
    expect(trusted.headers.get("set-cookie")).toMatch(/^__Host-sealrun_session=.*; Path=\/; .*; Secure/);
    expect(trusted.headers.get("set-cookie")).not.toMatch(/Domain/);
    expect(trusted.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(direct.headers.get("set-cookie")).toMatch(/^sealrun_session=/);
    expect(direct.headers.get("set-cookie")).not.toMatch(/; Secure/);
    const text = (trusted.headers.get("set-cookie") ?? "").split(/[=;]/)[1] ?? "";
    const read = async (name: string, proto: string): Promise<number> =>
      (
        await fetch(`${behind.url}/api/v1/projects`, {
          headers: { cookie: `${name}=${text}`, "x-forwarded-proto": proto },
        })
      ).status;
    expect(await read("__Host-sealrun_session", "https")).toBe(200);
    expect(await read("sealrun_session", "https")).toBe(401);
    expect(await read("__Host-sealrun_session", "http")).toBe(401);
    await behind.close();
  });

  test("POST /api/v1/session ends the session whose cookie came along", async () => {
    const before = await signIn(platform);
    expect((await post(platform.token, { cookie: before })).status).toBe(200);
    expect(await refused(call("GET", "/projects", { cookie: before }))).toMatchObject({ status: 401 });
    const { rows } = await ask(platform, auditList, ["GET", "/audit?action=session&limit=2"]);
    expect(rows.map(({ action }) => action)).toEqual(["session.opened", "session.closed"]);
    expect(rows[0]?.requestId).toBe(rows[1]?.requestId);
  });

  test("POST /api/v1/session is told by the audit when it refuses, with the address and without the token", async () => {
    await post("sr_adm_wrongwrongwrong");
    const { rows } = await ask(platform, auditList, ["GET", "/audit?action=session.refused&limit=1"]);
    expect(rows[0]).toMatchObject({ actor: "unknown", object: "session", detail: { address: "127.0.0.1" } });
    expect(JSON.stringify(rows)).not.toContain("wrongwrong");
  });

  test("POST /api/v1/session stops an address that guesses, and lets a right token pass all the same", async () => {
    const own = await startPlatform();
    const guess = async (token: string) =>
      fetch(`${own.url}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
      });
    let last = 401;
    let tries = 0;
    for (; last === 401 && tries < 400; tries += 1) last = (await guess("sr_adm_wrong")).status;
    expect(last).toBe(429);
    const { rows } = await ask(own, auditList, ["GET", "/audit?action=session.refused&limit=500"]);
    expect(rows).toHaveLength(tries - 1);
    expect((await guess(own.token)).status).toBe(200);
    await own.close();
  });
});

describe("GET /api/v1/session", () => {
  test("GET /api/v1/session says who is signed in", async () => {
    const answer = await call("GET", "/session", { cookie: await signIn(platform) });
    expect(sessionAnswer.parse(await answer.json()).session?.author).toBe("admin");
  });

  test("GET /api/v1/session answers null without a session, with a token too", async () => {
    const bearer = { authorization: `Bearer ${platform.token}` };
    for (const headers of [{}, bearer, { cookie: "sealrun_session=x" }, { cookie: "other=1" }]) {
      expect(await (await call("GET", "/session", headers)).json()).toEqual({ session: null });
    }
  });

  test("GET /api/v1/session answers null after the session's end, and other routes say to sign in again", async () => {
    const cookie = await signIn(platform);
    await database.run("update sessions set expires_at = clock_timestamp()");
    expect(await (await call("GET", "/session", { cookie })).json()).toEqual({ session: null });
    const { code, message } = await refused(call("GET", "/projects", { cookie }));
    expect([code, message]).toEqual(["UNAUTHENTICATED", "The session has ended; sign in again"]);
  });
});

describe("DELETE /api/v1/session", () => {
  test("DELETE /api/v1/session ends the session everywhere and takes the cookie back", async () => {
    const cookie = await signIn(platform);
    const answer = await call("DELETE", "/session", asPage(cookie));
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(answer.headers.get("set-cookie")).toMatch(/^sealrun_session=; .*Path=\/;.*Expires=Thu, 01 Jan 1970/);
    expect(await refused(call("GET", "/projects", { cookie }))).toMatchObject({ status: 401 });
  });

  test("DELETE /api/v1/session is told by the audit, like the sign-in", async () => {
    await call("DELETE", "/session", asPage(await signIn(platform)));
    const { rows } = await ask(platform, auditList, ["GET", "/audit?action=session&limit=2"]);
    expect(rows.map(({ action, actor, detail }) => ({ action, actor, detail }))).toEqual([
      { action: "session.closed", actor: "admin", detail: {} },
      { action: "session.opened", actor: "admin", detail: {} },
    ]);
    expect(rows[0]?.object).toMatch(/^ses_/);
    expect(rows[0]?.object).toBe(rows[1]?.object);
  });
});
