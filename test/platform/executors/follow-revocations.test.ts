import { revokeExecutor } from "@sealrun/keyring";
import { executorList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../../support/api.ts";
import { enrolPeer } from "../../support/executor-peer.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

describe("followRevocations()", () => {
  test("followRevocations() refuses a revoked executor here too, and no other", async () => {
    const other = await enrolPeer(world.platform);
    const attempt = await world.claim("report");
    await other.rpc.presence({ slots: 1, running: 0, draining: false });
    expect(await other.rpc.renew(attempt.ref).catch(() => "refused")).toBe("refused");
    const { id } = other.state.identity;
    await revokeExecutor(world.platform.keyringConfig, id);
    const said = { slots: 1, running: 0, draining: false };
    await until(
      async () =>
        (await other.rpc.presence(said).then(
          () => "",
          () => "refused",
        )) === "refused",
    );
    expect(await codeOf(other.rpc.presence(said))).toBe("NOT_ENROLLED");
    expect(await attempt.rpc.renew(attempt.ref)).toMatchObject({ ok: true });
    const { executors } = await ask(world.platform, executorList, ["GET", "/executors"]);
    expect(executors.find((each) => each.id === id)?.revokedAt).toMatch(/^20/);
    expect(executors.find((each) => each.id === world.peer.state.identity.id)?.revokedAt).toBeNull();
    const audit = "select actor from audit where action = 'executor.revoke' and object = $1";
    expect(await world.database.rows(z.object({ actor: z.string() }), audit, [id])).toEqual([{ actor: "keyring" }]);
    await other.close();
  });
});
