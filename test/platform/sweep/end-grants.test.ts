import { openDatabase } from "@sealrun/postgres";
import { secretName } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

describe("endGrants()", () => {
  test("endGrants() has the keyring end the grant of an attempt that finished, once, and no other", async () => {
    const living = await world.claim("report");
    const { ref, rpc } = await world.claim("report");
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    const keys = await openDatabase({ config: world.platform.keyringConfig.postgres, applicationName: "test" });
    const isEnded = async (id: string): Promise<boolean> =>
      (await keys.run("select from grants where execution_id = $1 and ended_at is not null", [id])) === 1;
    await until(async () => isEnded(ref.executionId));
    await until(
      async () =>
        (await world.database.run("select from attempts where execution_id = $1 and grant_ended_at is not null", [
          ref.executionId,
        ])) === 1,
    );
    expect(await isEnded(living.ref.executionId)).toBe(false);
    const row = z.object({ action: z.string() });
    const rows = await keys.rows(row, "select action from audit where execution_id = $1 order by number", [
      ref.executionId,
    ]);
    expect(rows).toEqual([{ action: "grant" }, { action: "end" }]);
    await keys.close();
    expect(await living.rpc.lookup({ ...living.ref, name: secretName.parse("NOT_THERE") })).toBeDefined();
  });
});
