import { createHash } from "node:crypto";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { checkSession, closeSession, openSession } from "../../../packages/platform/src/access/session.ts";
import { forgetEndedSessions, findOpenSessions } from "../../../packages/platform/src/access/session-store.ts";
import { saveAdminToken } from "../../../packages/platform/src/access/store.ts";
import { freshDatabase } from "../../support/servers.ts";

const token = `sr_adm_${"a1B2".repeat(11)}`;
let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  await migrate({ config: fresh.address, applicationName: "test", folder: migrationsFolder });
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
  await saveAdminToken(database, createHash("sha256").update(token).digest("hex"));
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const count = async (): Promise<number> =>
  (await database.rows(z.object({ id: z.string() }), "select id from sessions")).length;

describe("openSession()", () => {
  test("openSession() opens another session each time, only for a valid token", async () => {
    const opened = [await openSession({ database }, { token }, "r"), await openSession({ database }, { token }, "r")];
    expect(new Set(opened.map((one) => one?.cookie)).size).toBe(2);
    expect(await openSession({ database }, { token: `${token}x` }, "r")).toBeUndefined();
  });

  test("openSession() ends the earlier session of the same browser, and only with a valid token", async () => {
    const before = await openSession({ database }, { token }, "r");
    if (before === undefined) throw new TypeError("Expected a session");
    await openSession({ database }, { token: `${token}x`, earlier: before.cookie }, "r");
    expect(await checkSession(database, before.cookie)).toEqual(before.session);
    const after = await openSession({ database }, { token, earlier: before.cookie }, "r");
    expect(await checkSession(database, before.cookie)).toBeUndefined();
    expect(await checkSession(database, after?.cookie ?? "")).toEqual(after?.session);
  });
});

describe("checkSession()", () => {
  test.each(["", "x", "x".repeat(43), "x".repeat(10_000), "ä".repeat(43)])(
    "checkSession() knows no session of %j",
    async (cookie) => expect(await checkSession(database, cookie)).toBeUndefined(),
  );
});

describe("closeSession()", () => {
  test("closeSession() ends one session and can be called again", async () => {
    const [one, other] = [
      await openSession({ database }, { token }, "r"),
      await openSession({ database }, { token }, "r"),
    ];
    if (one === undefined || other === undefined) throw new TypeError("Expected two sessions");
    await closeSession({ database }, one.session, "r");
    await closeSession({ database }, one.session, "r");
    expect(await checkSession(database, one.cookie)).toBeUndefined();
    expect(await checkSession(database, other.cookie)).toEqual(other.session);
    const ids = [one.session.id, other.session.id];
    expect(await findOpenSessions(database, ids)).toEqual(new Set([other.session.id]));
  });
});

describe("forgetEndedSessions()", () => {
  test("forgetEndedSessions() forgets what has ended by time or by its token, and nothing else", async () => {
    await database.run("delete from sessions");
    await openSession({ database }, { token }, "r");
    await forgetEndedSessions(database);
    expect(await count()).toBe(1);
    await saveAdminToken(database, createHash("sha256").update("another").digest("hex"));
    await forgetEndedSessions(database);
    expect(await count()).toBe(0);
  });
});
