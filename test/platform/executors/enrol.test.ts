import { generateIdentity, newId, toBase64 } from "@sealrun/crypto";
import { connectNats } from "@sealrun/nats";
import { executionsStream, poolConsumer } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { enrolExecutor } from "../../../packages/platform/src/executors/enrol.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

describe("enrolExecutor()", () => {
  test("enrolExecutor() creates the pool's queue, the executor's row and the audit row before it answers", async () => {
    const { identity, pool } = world.peer.state;
    const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
    const manager = await link.connection.jetstreamManager();
    expect((await manager.consumers.info(executionsStream, poolConsumer(pool.id))).config.durable_name).toBeDefined();
    await link.close();
    const row = z.object({ actor: z.string(), detail: z.unknown() });
    const audit = await world.database.row(row, "select actor, detail from audit where action = 'executor.enrol'");
    expect(audit).toEqual({ actor: `executor ${identity.id}`, detail: { pool: "default" } });
    const stored = await world.database.row(
      z.object({ sign_public: z.instanceof(Uint8Array) }),
      "select sign_public from executors where id = $1",
      [identity.id],
    );
    expect(toBase64(stored?.sign_public ?? new Uint8Array())).toBe(toBase64(identity.signPublic));
  });

  test("enrolExecutor() accepts only the answer of the keyring", async () => {
    const { nats, platformId } = world.platform.config;
    const link = await connectNats({ ...nats, name: "test", inboxPrefix: "_INBOX.platform" });
    const deps = {
      database: world.database,
      link,
      identity: generateIdentity(platformId),
      keyring: { id: "keyring", signPublic: generateIdentity("keyring").signPublic },
    };
    const before = await world.database.run("select 1 from executors");
    expect(await codeOf(enrolExecutor(deps, "AAAA", newId("request")))).toBe("BAD_SIGNATURE");
    expect(await world.database.run("select 1 from executors")).toBe(before);
    await link.close();
  });
});
