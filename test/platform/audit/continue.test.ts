import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRootKey } from "@sealrun/key-files";
import { migrationsFolder as keyringMigrations } from "@sealrun/keyring";
import { migrate, openDatabase } from "@sealrun/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { continueAudit, verifyAudit } from "../../../packages/keyring/src/audit/chain.ts";
import { recordAudit } from "../../../packages/keyring/src/audit/store.ts";
import { type Audit } from "../../../packages/platform/src/audit/audit.ts";
import { requester, type AuditWorld, openAuditWorld } from "../../support/audit-world.ts";
import { describeClock, findFaketime } from "../../support/clock.ts";
import { describePostgres, type PostgresProcess } from "../../support/postgres-process.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { programs } from "../../support/servers.ts";

const detailRow = z.object({ detail: z.record(z.string(), z.unknown()) });
const yearMs = 365 * 24 * 60 * 60_000;
const reason = "NTP set the clock a year ahead for a minute";

describe("Audit.continueAfter()", () => {
  let world: AuditWorld;
  beforeEach(async () => {
    world = await openAuditWorld();
  });
  afterEach(async () => world.close());

  /** A row with this time. */
  const recordAt = async (interval: string) =>
    world.database.run(
      `insert into audit (at, actor, action, object, detail, request_id)
       values (clock_timestamp() + interval '${interval}', 'a', 'b', 'c', '{}', 'd')`,
    );
  /** Three rows, one a year ahead, and two after it: the break is after link 4. */
  async function leap(): Promise<Audit> {
    await world.record(3);
    await recordAt("1 year");
    await world.record(2);
    const audit = await world.start();
    expect((await audit.verify()).fault).toMatchObject({ kind: "backdated", seq: "5", after: "4" });
    return audit;
  }

  test("Audit.continueAfter() accepts times that go back, with a row of who and why, and later checks tell of it", async () => {
    const audit = await leap();
    const accepted = { link: "5", seq: "5", by: "admin", reason };
    expect(await audit.continueAfter({ after: "4", reason }, requester)).toEqual(accepted);
    await world.record(2);
    expect(await audit.verify()).toMatchObject({ checked: 9, fault: null, accepted: [accepted] });
    expect(await (await world.start()).verify()).toMatchObject({ checked: 0, accepted: [], fault: null });
    expect(await audit.verify({ isFull: true })).toMatchObject({ accepted: [accepted], fault: null });
    await recordAt("-1 day");
    expect((await (await world.start()).verify()).fault).toMatchObject({ kind: "backdated", seq: "10", after: "9" });
  });

  test("Audit.continueAfter() accepts each of several breaks by itself", async () => {
    const audit = await leap();
    await recordAt("2 years");
    await world.record(1);
    await audit.continueAfter({ after: "4", reason }, requester);
    expect((await audit.verify()).fault).toMatchObject({ kind: "backdated", after: "7" });
    await audit.continueAfter({ after: "7", reason: "again" }, requester);
    expect(await audit.verify()).toMatchObject({ fault: null, accepted: [{ link: "5" }, { link: "8" }] });
  });

  test("Audit.continueAfter() refuses another place than the first break, and a chain that is whole", async () => {
    const audit = await leap();
    for (const after of ["3", "5"]) {
      expect(await rejectionOf(audit.continueAfter({ after, reason }, requester))).toMatchObject({
        code: "BAD_REQUEST",
        message: expect.stringContaining("The first break is after link 4"),
      });
    }
    await audit.continueAfter({ after: "4", reason }, requester);
    expect(await rejectionOf(audit.continueAfter({ after: "4", reason }, requester))).toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  test.each([
    ["an edited row", "update audit set actor = 'x' where seq = 2", "edited"],
    ["an edited row after the break", "update audit set actor = 'x' where seq = 6", "edited"],
    ["a removed row", "delete from audit where seq = 6", "deleted"],
    [
      "a removed link and its row",
      "with a as (delete from audit where seq = 6) delete from audit_chain where seq = 6",
      "cut",
    ],
    [
      "a row in no link",
      "insert into audit (actor, action, object, detail, request_id) values ('a', 'b', 'c', '{}', 'd')",
      "inserted",
    ],
  ])("Audit.continueAfter() never accepts %s", async (_, statement, kind) => {
    const audit = await leap();
    await audit.close();
    await world.asOwner(statement);
    const restarted = await world.start();
    expect(await rejectionOf(restarted.continueAfter({ after: "4", reason }, requester))).toMatchObject({
      code: "AUDIT_BROKEN",
      message: expect.stringContaining(`the audit is ${kind}`),
    });
    expect((await restarted.verify()).fault).toMatchObject({ kind });
  });

  test("Audit.verify() believes no acceptance that was written without the key, or for another link", async () => {
    const audit = await leap();
    const head = (await audit.verify()).head;
    const forged = { kind: "backdated", link: "5", hash: head?.hash, by: "admin", reason, proof: "00".repeat(32) };
    const write = async (detail: object) =>
      world.database.run(
        "insert into audit (actor, action, object, detail, request_id) values ('admin', 'audit.continue', 'audit', $1, 'r')",
        [JSON.stringify(detail)],
      );
    await write(forged);
    await write({ link: 5 });
    expect((await audit.verify()).fault).toMatchObject({ kind: "backdated", after: "4" });
    await audit.continueAfter({ after: "4", reason }, requester);
    await recordAt("2 years");
    await world.record(1);
    const row = await world.database.row(
      detailRow,
      "select detail from audit where action = 'audit.continue' order by seq desc limit 1",
    );
    await write(row?.detail ?? {});
    await write({ ...row?.detail, link: "10" });
    expect((await audit.verify()).fault).toMatchObject({ kind: "backdated", after: "10" });
  });
});

describe("continueAudit()", () => {
  let postgres: PostgresProcess;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealrun-test-leap-"));
    const clock = describeClock(await findFaketime(), join(folder, "clock"));
    postgres = describePostgres(join(folder, "postgres"), programs(), clock);
    await postgres.start();
  });
  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("continueAudit() and Audit.continueAfter() go on after a leap of PostgreSQL's clock, each in its audit", async () => {
    const world = await openAuditWorld(postgres.addresses().main);
    const config = postgres.addresses().keyring;
    await migrate({ config, applicationName: "test", folder: keyringMigrations });
    const database = await openDatabase({ config, applicationName: "test" });
    try {
      await writeFile(join(folder, "key"), Buffer.from(Array.from({ length: 32 }, (_, index) => index)), {
        mode: 0o600,
      });
      const keyring = { database, rootKey: await readRootKey(join(folder, "key")) };
      const options = { checkpointFile: join(folder, "keyring-audit") };
      const write = async () => {
        await world.record(1);
        await recordAudit(database, { action: "token", detail: {} });
      };
      await write();
      await postgres.setClock(yearMs);
      await write();
      await postgres.setClock(0);
      await write();
      const audit = await world.start();
      expect((await audit.verify()).fault).toMatchObject({ kind: "backdated", seq: "3", after: "2" });
      expect((await verifyAudit(keyring, options)).fault).toMatchObject({ kind: "backdated", seq: "3" });
      await audit.continueAfter({ after: "2", reason }, requester);
      const accepted = await continueAudit(keyring, { after: "2", reason, by: "root" }, options);
      expect(accepted).toEqual({ position: 3n, seq: "3", by: "root", reason });
      await write();
      expect(await audit.verify()).toMatchObject({
        checked: 5,
        fault: null,
        accepted: [{ link: "3", by: "admin", reason }],
      });
      expect(await verifyAudit(keyring, options)).toMatchObject({ checked: 5, fault: undefined, accepted: [accepted] });
      await write();
      expect(await verifyAudit(keyring, options)).toMatchObject({
        checked: 1,
        from: { position: 5n },
        fault: undefined,
      });
      expect(await verifyAudit(keyring, { ...options, isFull: true })).toMatchObject({
        checked: 6,
        accepted: [accepted],
      });
    } finally {
      await database.close();
      await world.close();
    }
  });
});
