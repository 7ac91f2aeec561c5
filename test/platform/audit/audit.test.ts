import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRootKey } from "@sealrun/key-files";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { type AuditVerification } from "@sealrun/protocol";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Audit, startAudit } from "../../../packages/platform/src/audit/audit.ts";
import { recordAudit } from "../../../packages/platform/src/audit/store.ts";
import { countStatements } from "../../support/count-statements.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { freshDatabase } from "../../support/servers.ts";
import { until } from "../../support/until.ts";

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
let folder: string;
let audit: Audit | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-audit-"));
  await writeFile(join(folder, "key"), Buffer.from(Array.from({ length: 32 }, (_, index) => index)), { mode: 0o600 });
  fresh = await freshDatabase();
  await migrate({ config: fresh.address, applicationName: "test", folder: migrationsFolder });
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
});
afterEach(async () => {
  await audit?.close();
  audit = undefined;
  await database.close();
  await fresh.drop();
  await rm(folder, { recursive: true, force: true });
});

const checkpoint = () => join(folder, "checkpoint.json");
async function start(file?: string): Promise<Audit> {
  await audit?.close();
  const storageKey = await readRootKey(join(folder, "key"));
  audit = await startAudit({ database, storageKey, log: pino({ level: "silent" }) }, file);
  return audit;
}
const requester = { name: "admin", requestId: "req_x" };
async function record(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await recordAudit(database, {
      requester,
      action: "secret.set",
      object: `o${index}`,
      detail: { emoji: "🔑", index },
    });
  }
}
/** Runs a change with the triggers off, as an attacker with such rights could. */
async function asOwner(statement: string): Promise<void> {
  await database.transaction(async (sql) => {
    for (const table of ["audit", "audit_chain"]) await sql.run(`alter table ${table} disable trigger user`);
    await sql.run(statement);
    for (const table of ["audit", "audit_chain"]) await sql.run(`alter table ${table} enable trigger user`);
  });
}
const faultOf = async (): Promise<AuditVerification["fault"]> => (await (await start()).verify()).fault;

describe("startAudit()", () => {
  test("startAudit() links every row once, with several sealers", async () => {
    await record(1_203);
    const storageKey = await readRootKey(join(folder, "key"));
    const others = await Promise.all(
      [1, 2, 3].map(async () => startAudit({ database, storageKey, log: pino({ level: "silent" }) }, undefined)),
    );
    await Promise.all(others.map(async (other) => other.verify()));
    for (const other of others) await other.close();
    expect(await (await start()).verify()).toMatchObject({
      checked: 1_203,
      waiting: 0,
      head: { position: "1203" },
      fault: null,
    });
  });

  test("startAudit() looks for rows to seal when a transaction has written some, and only then", async () => {
    const texts: string[] = [];
    const noting = countStatements(database, texts);
    const storageKey = await readRootKey(join(folder, "key"));
    audit = await startAudit({ database: noting, storageKey, log: pino({ level: "silent" }) }, undefined);
    const count = (part: string): number => texts.filter((text) => text.includes(part)).length;
    const seals = (): number => count("from audit_unsealed u join audit a");
    // Between two safety polls, the later one of which has found that nothing waits, it would have looked.
    const pass = async (): Promise<void> => {
      const before = count("exists (select from audit_unsealed)");
      await until(() => (count("exists (select from audit_unsealed)") >= before + 3 ? true : undefined));
    };
    await pass();
    expect(seals()).toBe(0);
    const entry = { requester, action: "secret.set", object: "o", detail: {} } as const;
    await noting.transaction(async (sql) => sql.run("update projects set name = name"));
    const undone = noting.transaction(async (sql) => {
      await recordAudit(sql, entry);
      throw new RangeError("no more");
    });
    await expect(undone).rejects.toThrow("no more");
    await pass();
    expect(seals()).toBe(0);
    await noting.transaction(async (sql) => recordAudit(sql, entry));
    await until(async () => ((await database.run("select from audit_unsealed")) === 0 ? true : undefined));
    expect(seals()).toBeGreaterThan(0);
  });

  test("startAudit() lets a row that commits late come later, and skips numbers that were never used", async () => {
    const running = await start();
    await database.transaction(async (sql) => {
      await recordAudit(sql, { requester, action: "late", object: "x" });
      await record(2);
      expect(await running.verify()).toMatchObject({ checked: 2, fault: null });
    });
    const failing = database.transaction(async (sql) => {
      await recordAudit(sql, { requester, action: "never", object: "x" });
      throw new TypeError("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    await record(1);
    expect(await running.verify({ isFull: true })).toMatchObject({ checked: 4, fault: null });
  });
});

describe("Audit.verify()", () => {
  test.each([
    ["an edited row", "update audit set actor = 'somebody' where seq = 3", { kind: "edited", seq: "3" }],
    ["an edited time", "update audit set at = at + interval '1 ms' where seq = 2", { kind: "edited", seq: "2" }],
    ["a removed row", "delete from audit where seq = 4", { kind: "deleted", seq: "4" }],
    [
      "a row removed with its link",
      "with a as (delete from audit where seq = 3) delete from audit_chain where seq = 3",
      { kind: "deleted", seq: "4" },
    ],
    ["an edited link", "update audit_chain set hash = sha256('x') where seq = 5", { kind: "edited", seq: "5" }],
    [
      "exchanged links",
      "update audit_chain set seq = case seq when 2 then -3 when 3 then -2 else seq end",
      { kind: "deleted" },
    ],
    [
      "a row put in around the chain",
      "insert into audit (actor, action, object, detail, request_id) values ('a', 'b', 'c', '{}', 'd')",
      { kind: "inserted", seq: "7" },
    ],
    [
      "a row that waits and was removed",
      "insert into audit_unsealed (seq) values (99)",
      { kind: "deleted", seq: "99" },
    ],
  ])("Audit.verify() names %s", async (_, statement, expected) => {
    await record(6);
    expect((await (await start()).verify()).fault).toBeNull();
    await audit?.close();
    await asOwner(statement);
    expect(await faultOf()).toMatchObject(expected);
  });

  test("Audit.verify() names a row that was added into the past", async () => {
    await record(3);
    await (await start()).verify();
    await database.run(
      "insert into audit (at, actor, action, object, detail, request_id) values (now() - interval '1 day', 'a', 'b', 'c', '{}', 'd')",
    );
    expect(await faultOf()).toMatchObject({ kind: "backdated", seq: "4" });
  });

  test("Audit.verify() tells by its checkpoint that the end was cut off, also after a restart and with new rows", async () => {
    await record(5);
    await (await start(checkpoint())).verify();
    const before = await readFile(checkpoint(), "utf8");
    await audit?.close();
    await asOwner("with a as (delete from audit where seq > 3) delete from audit_chain where seq > 3");
    expect((await (await start(checkpoint())).verify()).fault).toMatchObject({ kind: "cut", seq: null });
    await record(4);
    expect((await (await start(checkpoint())).verify()).fault).toMatchObject({ kind: "cut" });
    expect(await readFile(checkpoint(), "utf8")).toBe(before);
  });

  test("Audit.verify() of a running platform tells a cut without a file", async () => {
    await record(5);
    const running = await start();
    await running.verify();
    await asOwner("with a as (delete from audit where seq > 3) delete from audit_chain where seq > 3");
    expect((await running.verify()).fault).toMatchObject({ kind: "cut" });
  });

  test("Audit.verify() believes no chain that was made with another key", async () => {
    await record(3);
    await (await start()).verify();
    await audit?.close();
    await writeFile(join(folder, "key"), Buffer.from(Array.from({ length: 32 }, (_, index) => index + 1)));
    expect(await faultOf()).toMatchObject({ kind: "edited", seq: "1" });
  });

  test("startAudit() refuses a checkpoint that is none, and names the file", async () => {
    await writeFile(checkpoint(), "{}");
    const refusal = await rejectionOf(start(checkpoint()));
    expect(refusal.code).toBe("CONFIG_INVALID");
    expect(refusal.message).toContain(checkpoint());
  });

  test("startAudit() keeps each row's writer apart from the one who seals", async () => {
    await record(1);
    await (await start()).verify();
    const waits = await database.row(
      z.object({ rows: z.coerce.number() }),
      "select count(*) as rows from audit_unsealed",
    );
    expect(waits).toEqual({ rows: 0 });
  });
});

describe("Audit.look()", () => {
  test("Audit.look() finds the last known link while that link moves on", async () => {
    const running = await start(checkpoint());
    await record(1);
    await running.verify();
    for (let round = 0; round < 40; round += 1) {
      await record(1);
      const [, ...looks] = await Promise.all([
        running.verify(),
        ...Array.from({ length: 8 }, async (_, turn) => {
          await new Promise((resolve) => setTimeout(resolve, turn));
          return running.look();
        }),
      ]);
      expect(looks.map(({ isInChain, trouble }) => ({ isInChain, trouble }))).toEqual(
        looks.map(() => ({ isInChain: true, trouble: undefined })),
      );
    }
  });
});
