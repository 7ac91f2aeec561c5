import { type Keyring, start, verifyAudit } from "@sealrun/keyring";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { until } from "../../support/until.ts";
import { createLog, startWorld, type World } from "../world.ts";

let world: World;
let second: Keyring;
beforeAll(async () => {
  world = await startWorld();
  second = await start(world.config, { log: createLog([]) });
});
afterAll(async () => {
  await second.close();
  await world.close();
});

const record = async (action: string) =>
  world.database.run('insert into audit (action, detail) values ($1, \'{"b": 1, "a": "🔑"}\')', [action]);

describe("sealAudit()", () => {
  test("sealAudit() of two keyrings on one database gives every row one link", async () => {
    for (let index = 0; index < 20; index += 1) await record("grant");
    const waiting = z.object({ rows: z.coerce.number() });
    const isSealed = async () =>
      (await world.database.row(waiting, "select count(*) as rows from audit_unsealed"))?.rows === 0 ? true : undefined;
    await until(isSealed);
    expect(await verifyAudit(world.config)).toMatchObject({ checked: 20, waiting: 0, fault: undefined });
  });
});

describe("verifyAudit()", () => {
  test("verifyAudit() names a row that was edited with the trigger off", async () => {
    await record("lookup");
    expect((await verifyAudit(world.config)).fault).toBeUndefined();
    await world.database.run("alter table audit disable trigger user");
    await world.database.run("update audit set action = 'revoke' where number = 2");
    await world.database.run("alter table audit enable trigger user");
    expect((await verifyAudit(world.config)).fault).toMatchObject({ kind: "edited", seq: "2" });
  });
});
