import { createHash } from "node:crypto";
import { start } from "@sealrun/platform";
import { type Database, openDatabase } from "@sealrun/postgres";
import { sessionAnswer } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { refused } from "../../support/api.ts";
import { asPage, callPlainly, signIn } from "../../support/sign-in.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

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

const call = async (method: string, path: string, headers: Readonly<Record<string, string>>, json?: unknown) =>
  callPlainly(platform, [method, path, json], headers);

describe("identify()", () => {
  const name = (): string => `p${Math.random().toString(36).slice(2)}`;

  test("identify() lets a session read and change what its token may", async () => {
    const cookie = await signIn(platform);
    expect((await call("GET", "/projects", { cookie })).status).toBe(200);
    expect((await call("POST", "/projects", asPage(cookie), { name: name() })).status).toBe(201);
    const { "sec-fetch-site": _, ...older } = asPage(cookie);
    expect((await call("POST", "/projects", older, { name: name() })).status).toBe(201);
  });

  test.each([
    [{}],
    [{ "sec-fetch-site": "same-origin" }],
    [{ "x-sealrun-session": "" }],
    [{ "x-sealrun-session": "1", "sec-fetch-site": "cross-site" }],
    [{ "x-sealrun-session": "1", "sec-fetch-site": "same-site" }],
    [{ "x-sealrun-session": "1", "sec-fetch-site": "none" }],
  ])("identify() lets a session change nothing with the headers %j", async (headers) => {
    const answer = refused(call("POST", "/projects", { cookie: await signIn(platform), ...headers }, { name: name() }));
    expect(await answer).toMatchObject({ status: 403, code: "CROSS_SITE_REQUEST" });
  });

  test("identify() lets a session read nothing for another site", async () => {
    const cookie = await signIn(platform);
    for (const site of ["cross-site", "same-site"]) {
      const answer = refused(call("GET", "/projects", { cookie, "sec-fetch-site": site }));
      expect(await answer, site).toMatchObject({ status: 403, code: "CROSS_SITE_REQUEST" });
    }
    expect((await call("GET", "/projects", { cookie, "sec-fetch-site": "none" })).status).toBe(200);
  });

  test("identify() asks a page without its cookie to sign in again, and a program for a token", async () => {
    const ofPage = await refused(call("GET", "/projects", { "x-sealrun-session": "1" }));
    expect([ofPage.code, ofPage.message]).toEqual(["UNAUTHENTICATED", "The session has ended; sign in again"]);
    const reading = await refused(call("GET", "/projects", { "sec-fetch-site": "same-origin" }));
    expect(reading.message).toBe("The session has ended; sign in again");
    const ofProgram = await refused(call("GET", "/projects", {}));
    expect(ofProgram.message).toMatch(/^Send a valid token in the header Authorization/);
  });

  test("identify() takes no session in place of a wrong token", async () => {
    const headers = { ...asPage(await signIn(platform)), authorization: "Bearer sr_adm_wrongwrongwrongwrongwrong" };
    expect(await refused(call("GET", "/projects", headers))).toMatchObject({ status: 401 });
  });

  test("identify() puts a session's end off, and never beyond seven days", async () => {
    const cookie = await signIn(platform);
    const age = async (created: string): Promise<string> => {
      await database.run(
        `update sessions set created_at = clock_timestamp() - interval '${created}',
           last_used_at = clock_timestamp() - interval '2 minutes', expires_at = clock_timestamp() + interval '1 minute'`,
      );
      const answer = await call("GET", "/session", { cookie });
      return sessionAnswer.parse(await answer.json()).session?.expiresAt ?? "";
    };
    const hoursLeft = (at: string): number => Math.round((Date.parse(at) - Date.now()) / 3_600_000);
    expect(hoursLeft(await age("1 hour"))).toBe(12);
    expect(hoursLeft(await age("6 days 23 hours"))).toBe(1);
  });

  test("identify() knows no session of a token that was changed", async () => {
    const own = await startPlatform();
    const sql = await openDatabase({ config: own.config.postgres, applicationName: "test" });
    const cookie = await signIn(own);
    const read = async (): Promise<number> =>
      (await fetch(`${own.url}/api/v1/projects`, { headers: { cookie } })).status;
    expect(await read()).toBe(200);
    const adminTokenSha256 = createHash("sha256").update("another").digest("hex");
    const restarted = await start({ ...own.config, adminTokenSha256 }, { log: pino({ level: "silent" }) });
    expect(await read()).toBe(401);
    await sql.run("delete from tokens");
    expect(await sql.rows(z.object({}), "select from sessions")).toEqual([]);
    await restarted.close();
    await sql.close();
    await own.close();
  });

  test("identify() leaves neither cookie nor token in the log", async () => {
    const cookie = (await signIn(platform)).split("=")[1] ?? "";
    await call("GET", "/projects", { cookie: `sealrun_session=${cookie}` });
    expect(logged.join("\n")).toContain("Answered");
    expect(logged.join("\n")).not.toContain(cookie);
    expect(logged.join("\n")).not.toContain(platform.token);
  });
});
