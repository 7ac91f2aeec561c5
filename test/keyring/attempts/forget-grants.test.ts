import { SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forgetGrants } from "../../../packages/keyring/src/attempts/forget-grants.ts";
import { enrolExecutor } from "../enrolment/enrol-executor.ts";
import { createLog, startWorld, type World } from "../world.ts";
import { pushPackage, startAttempt } from "./attempt.ts";

let world: World;
let old: string;
let young: string;
beforeAll(async () => {
  world = await startWorld();
  const executor = await enrolExecutor(world);
  const pushed = await pushPackage(world);
  old = (await startAttempt(world, executor, pushed)).executionId;
  young = (await startAttempt(world, executor, pushed)).executionId;
  await world.database.run("update grants set ends_at = now() - interval '91 days' where execution_id = $1", [old]);
  await world.database.run("update grants set ends_at = now() - interval '89 days' where execution_id = $1", [young]);
  await world.database.run(
    `insert into grants (execution_id, attempt, executor_id, package_id, project_id, request_id, ends_at)
     select 'exe_' || n, 1, executor_id, package_id, project_id, 'req_' || n, now() - interval '100 days'
     from grants, generate_series(1, 2500) n where execution_id = $1`,
    [old],
  );
});
afterAll(async () => world.close());

const count = async (id = "%"): Promise<number> =>
  world.database.run("select from grants where execution_id like $1", [id]);
const forget = async (days: number, fault?: SealrunError): Promise<void> => {
  const fitness = { clockFault: () => fault };
  const forgetting = forgetGrants({ database: world.database, fitness, log: createLog([]) }, days);
  await expect.poll(async () => (days === 90 && fault === undefined ? await count() : 1)).toBe(1);
  await forgetting.close();
};

test("forgetGrants() keeps all grants forever with 0, and while the clock is wrong", async () => {
  await forget(0);
  await forget(90, new SealrunError("CLOCK_WRONG", "The clock is off"));
  expect(await count()).toBe(2_502);
});

test("forgetGrants() deletes grants that ended longer ago, and keeps the audit", async () => {
  await forget(90);
  expect([await count(old), await count(young)]).toEqual([0, 1]);
  expect(await world.database.run("select from audit where execution_id = $1 and action = 'grant'", [old])).toBe(1);
});
