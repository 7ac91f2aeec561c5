import type { Identity } from "@sealrun/crypto";
import { endGrantsReply } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { enrolExecutor } from "../enrolment/enrol-executor.ts";
import { codeOf, startWorld, type World } from "../world.ts";
import {
  askGrant,
  grantBody,
  lookUp,
  newExecution,
  type PushedPackage,
  pushPackage,
  sealSecret,
  startAttempt,
} from "./attempt.ts";

let world: World;
let executor: Identity;
let pushed: PushedPackage;
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
  pushed = await pushPackage(world);
});
afterAll(async () => world.close());

const countEnds = async (id: string): Promise<number> =>
  world.database.run("select from audit where execution_id = $1 and action = 'end'", [id]);

test("answerEnd() ends an attempt's lookups, and the claim that it was granted for", async () => {
  const body = grantBody(executor, pushed);
  await askGrant(world, executor, body);
  const ref = { executionId: body.executionId, attempt: 1 };
  const secret = { scope: "service", ownerId: pushed.packageId, name: "DB_PASS", value: "s3cret" } as const;
  const envelope = sealSecret(world, pushed.publicKey, secret);
  const asked = { name: "DB_PASS", scope: "service", envelope } as const;
  expect(await lookUp(world, { executor, ...ref }, asked)).toBe("s3cret");
  expect(await world.ask("end", { ended: [ref] }, endGrantsReply)).toEqual({ ok: true });
  expect(await codeOf(lookUp(world, { executor, ...ref }, asked))).toBe("NO_GRANT");
  expect(await codeOf(askGrant(world, executor, { ...body }))).toMatch(/NO_GRANT|REPLAYED/);
});

test("answerEnd() says the same again, and writes one row into the audit", async () => {
  const { executionId } = await startAttempt(world, executor, pushed);
  await world.ask("end", { ended: [{ executionId, attempt: 1 }] }, endGrantsReply);
  const row = z.object({ ended_at: z.date() });
  const read = async () =>
    world.database.rows(row, "select ended_at from grants where execution_id = $1", [executionId]);
  const before = await read();
  expect(await world.ask("end", { ended: [{ executionId, attempt: 1 }] }, endGrantsReply)).toEqual({ ok: true });
  expect(await read()).toEqual(before);
  expect(await countEnds(executionId)).toBe(1);
});

test("answerEnd() changes nothing for an attempt without a grant, and leaves other grants", async () => {
  const living = await startAttempt(world, executor, pushed);
  const unknown = newExecution();
  const ended = [
    { executionId: unknown, attempt: 1 },
    { executionId: living.executionId, attempt: 2 },
  ];
  expect(await world.ask("end", { ended }, endGrantsReply)).toEqual({ ok: true });
  expect(await countEnds(unknown)).toBe(0);
  const live = "select from grants where execution_id = $1 and ended_at is null";
  expect(await world.database.run(live, [living.executionId])).toBe(1);
});

test("answerEnd() ends the grants of many attempts in one request, each with its row in the audit", async () => {
  const [one, two] = [await startAttempt(world, executor, pushed), await startAttempt(world, executor, pushed)];
  await world.ask("end", { ended: [{ executionId: two.executionId, attempt: 1 }] }, endGrantsReply);
  const ended = [one, two].map(({ executionId }) => ({ executionId, attempt: 1 }));
  expect(await world.ask("end", { ended }, endGrantsReply)).toEqual({ ok: true });
  for (const { executionId } of ended) {
    const over = "select from grants where execution_id = $1 and ended_at is not null";
    expect(await world.database.run(over, [executionId])).toBe(1);
    expect(await countEnds(executionId)).toBe(1);
  }
});
