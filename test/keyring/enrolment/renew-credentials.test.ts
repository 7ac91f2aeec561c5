import {
  credentialsContext,
  fromBase64,
  generateIdentity,
  type Identity,
  newId,
  openBoxed,
  signFrame,
  toBase64,
} from "@sealrun/crypto";
import {
  credentialsPath,
  credentialsReply,
  type CredentialsReply,
  decode,
  encodeJson,
  limits,
  natsCredentials,
  revocationsReply,
} from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { codeOf, flipBit, startWorld, type World } from "../world.ts";
import { enrolExecutor, revoke } from "./enrol-executor.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

function frameOf(executor: Identity, header: object = {}, body: object = { executorId: executor.id }): string {
  const honest = { v: 1, kind: "credentials.request", subject: credentialsPath, sender: executor.id } as const;
  const sent = { ...honest, requestId: newId("request"), time: Date.now(), ...header };
  return toBase64(signFrame(executor, sent, encodeJson(body)));
}

async function renew(frame: string): Promise<CredentialsReply> {
  return world.ask("credentials", { frame }, credentialsReply);
}

describe("renewCredentials()", () => {
  test("renewCredentials() seals a login to the executor and to its request, and says so in the audit", async () => {
    const executor = await enrolExecutor(world);
    const requestId = newId("request");
    const reply = await renew(frameOf(executor, { requestId }));
    const place = { platformId: world.config.platformId, executorId: executor.id };
    const sealed = fromBase64(reply.credentials);
    const opened = openBoxed(executor.box, credentialsContext({ ...place, requestId }), sealed);
    expect(decode(natsCredentials, opened)).toEqual(world.config.executorNats);
    expect(reply).toMatchObject({ executorId: executor.id, expiresAt: null });
    const another = credentialsContext({ ...place, requestId: newId("request") });
    expect(() => openBoxed(executor.box, another, sealed)).toThrow("another");
    const told = "select detail from audit where action = 'credentials' and executor_id = $1";
    expect(await world.database.rows(z.object({ detail: z.unknown() }), told, [executor.id])).toEqual([
      { detail: { requestId } },
    ]);
  });

  test("renewCredentials() answers one frame once", async () => {
    const frame = frameOf(await enrolExecutor(world));
    await renew(frame);
    expect(await codeOf(renew(frame))).toBe("REPLAYED");
  });

  test("renewCredentials() refuses a stranger, one that was revoked, and a frame of another's, too old or changed", async () => {
    const executor = await enrolExecutor(world);
    expect(await codeOf(renew(frameOf(generateIdentity(newId("executor")))))).toBe("NOT_ENROLLED");
    const impostor = { ...generateIdentity(executor.id), id: executor.id };
    expect(await codeOf(renew(frameOf(impostor)))).toBe("BAD_SIGNATURE");
    const other = await enrolExecutor(world);
    expect(await codeOf(renew(frameOf(executor, {}, { executorId: other.id })))).toBe("BAD_SIGNATURE");
    const old = Date.now() - limits.requestLifetimeMs - limits.clockSkewMs - 1_000;
    expect(await codeOf(renew(frameOf(executor, { time: old })))).toBe("EXPIRED");
    expect(await codeOf(renew(flipBit(frameOf(executor), 200)))).not.toBe("INTERNAL");
    await revoke(world, executor);
    expect(await codeOf(renew(frameOf(executor)))).toBe("NOT_ENROLLED");
  });
});

describe("answerRevocations()", () => {
  test("answerRevocations() lists who was revoked, and after a time only those since the minute before it", async () => {
    const [early, late] = [await enrolExecutor(world), await enrolExecutor(world)];
    await world.database.run("update executors set revoked_at = clock_timestamp() - interval '1 hour' where id = $1", [
      early.id,
    ]);
    await revoke(world, late);
    const all = await world.ask("revocations", { after: null }, revocationsReply);
    const ids = all.executors.map(({ id }) => String(id));
    expect(ids.indexOf(early.id)).toBeGreaterThanOrEqual(0);
    expect(ids.indexOf(late.id)).toBeGreaterThan(ids.indexOf(early.id));
    const after = all.executors.at(-1)?.revokedAt ?? null;
    const since = await world.ask("revocations", { after }, revocationsReply);
    expect(since.executors.map(({ id }) => String(id))).toContain(late.id);
    expect(since.executors.map(({ id }) => String(id))).not.toContain(early.id);
  });
});
