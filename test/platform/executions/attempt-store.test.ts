import { executionId, executorId, SealrunError } from "@sealrun/protocol";
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
    late = markGranted(world.database, claimed).catch((error: unknown) => error);
    await until(isWaiting);
    await markQueued(sql, claimed.executionId);
  });
  const refusal = await late;
  expect(refusal).toBeInstanceOf(SealrunError);
  expect(refusal).toMatchObject({ code: "LEASE_LOST" });
  expect(await isGranted(world.database, claimed)).toBe(false);
});

test("markGranted() is seen by a transaction that gives the attempt back after it", async () => {
  const claimed = await ungranted();
  await markGranted(world.database, claimed);
  await world.database.transaction(async (sql) => {
    await lockExecution(sql, claimed.executionId);
    expect(await isGranted(sql, claimed)).toBe(true);
  });
});

test("markGranted() refuses an attempt that has ended", async () => {
  const claimed = await ungranted();
  await endAttempt(world.database, claimed, "lost");
  await expect(markGranted(world.database, claimed)).rejects.toMatchObject({ code: "LEASE_LOST" });
});
