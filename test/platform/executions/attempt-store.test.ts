import { executionId, executorId } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  endAttempt,
  type ClaimedAttempt,
  isGranted,
  markGranted,
} from "../../../packages/platform/src/executions/attempt-store.ts";
import { lockExecution, markQueued } from "../../../packages/platform/src/executions/store.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { until } from "../../support/until.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

/** A claimed attempt whose grant is not stored yet. */
async function ungranted(): Promise<ClaimedAttempt> {
  const { ref } = await world.claim("report");
  await world.database.run("update attempts set granted_at = null where execution_id = $1", [ref.executionId]);
  return {
    executionId: executionId.parse(ref.executionId),
    attempt: ref.attempt,
    executorId: executorId.parse(world.peer.state.identity.id),
  };
}

const isWaiting = async (): Promise<true | undefined> => {
  const found = await world.database.row(
    z.object({ waiting: z.boolean() }),
    "select exists (select from pg_locks where not granted) as waiting",
  );
  return found?.waiting === true ? true : undefined;
};

test("markGranted() hands out no grant of an attempt that another answer gives back at the same time", async () => {
  const claimed = await ungranted();
  let late: Promise<unknown> = Promise.resolve();
  await world.database.transaction(async (sql) => {
    await lockExecution(sql, claimed.executionId);
    expect(await isGranted(sql, claimed)).toBe(false);
    await endAttempt(sql, claimed, "given-back");
    late = markGranted(world.database, claimed.executorId, [claimed]);
    await until(isWaiting);
    await markQueued(sql, claimed.executionId);
  });
  expect(await late).toEqual(new Set());
  expect(await isGranted(world.database, claimed)).toBe(false);
});

test("markGranted() of the same attempts, in any order and at once, waits for itself and ends", async () => {
  const claimed: ClaimedAttempt[] = [];
  while (claimed.length < 8) claimed.push(await ungranted());
  const executor = claimed[0]?.executorId ?? executorId.parse(world.peer.state.identity.id);
  const rounds = Array.from({ length: 24 }, async (_, turn) =>
    markGranted(world.database, executor, turn % 2 === 0 ? claimed : claimed.toReversed()),
  );
  const ids = new Set(claimed.map((one) => one.executionId));
  for (const done of await Promise.all(rounds)) expect(done).toEqual(ids);
});

test("markGranted() is seen by a transaction that gives the attempt back after it", async () => {
  const claimed = await ungranted();
  expect(await markGranted(world.database, claimed.executorId, [claimed])).toEqual(new Set([claimed.executionId]));
  await world.database.transaction(async (sql) => {
    await lockExecution(sql, claimed.executionId);
    expect(await isGranted(sql, claimed)).toBe(true);
  });
});

test("markGranted() leaves out an attempt that has ended, and marks the others", async () => {
  const claimed = await ungranted();
  const other = await ungranted();
  await endAttempt(world.database, claimed, "lost");
  const live = await markGranted(world.database, claimed.executorId, [claimed, other]);
  expect(live).toEqual(new Set([other.executionId]));
  expect(await isGranted(world.database, claimed)).toBe(false);
});
