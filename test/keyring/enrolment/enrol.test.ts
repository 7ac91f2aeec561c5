import { enrolmentContext, fromBase64, generateIdentity, newId, openBoxed, toBase64 } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import { decode, enrolReply, natsCredentials } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { rejectionOf } from "../../support/refusal.ts";
import { codeOf, flipBit, startWorld, type World } from "../world.ts";
import { enrolFrame, freshToken, passOn, revoke } from "./enrol-executor.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const newExecutor = (): ReturnType<typeof generateIdentity> => generateIdentity(newId("executor"));

test("enrol() adds an executor to the list and seals the NATS credentials only to it", async () => {
  const token = await freshToken(world, "all", "fast");
  const identity = newExecutor();
  const reply = await passOn(world, enrolFrame(token, identity));
  expect(reply).toMatchObject({ executorId: identity.id, pool: { name: "fast" }, projects: "all" });
  expect(reply.platform.signPublic).toBe(toBase64(world.platformIdentity.signPublic));
  const context = enrolmentContext({ enrolmentId: token.id, executorId: identity.id });
  const sealed = fromBase64(reply.credentials);
  expect(decode(natsCredentials, openBoxed(identity.box, context, sealed))).toEqual(world.config.executorNats);
  expect(() => openBoxed(newExecutor().box, context, sealed)).toThrow();
});

test("enrol() answers the same executor again, with the same frame and with a new one", async () => {
  const token = await freshToken(world);
  const identity = newExecutor();
  const frame = enrolFrame(token, identity);
  const { credentials: _, ...first } = await passOn(world, frame);
  expect(await passOn(world, frame)).toMatchObject(first);
  expect(await passOn(world, enrolFrame(token, identity))).toMatchObject(first);
});

test("enrol() refuses a token that another executor used", async () => {
  const token = await freshToken(world);
  await passOn(world, enrolFrame(token, newExecutor()));
  const refusal = await rejectionOf(passOn(world, enrolFrame(token, newExecutor())));
  expect(refusal.code).toBe("ENROLMENT_REFUSED");
  expect(refusal.message).toContain("used already");
});

test("enrol() lets one of two executors with one token in when both come at once", async () => {
  const token = await freshToken(world);
  const ends = await Promise.allSettled([1, 2, 3, 4].map(async () => passOn(world, enrolFrame(token, newExecutor()))));
  expect(ends.filter((end) => end.status === "fulfilled")).toHaveLength(1);
});

test("enrol() refuses an expired token", async () => {
  const token = await freshToken(world);
  await world.database.run("update enrolment_tokens set expires_at = now() - interval '1 second' where id = $1", [
    token.id,
  ]);
  const refusal = await rejectionOf(passOn(world, enrolFrame(token, newExecutor())));
  expect(refusal).toMatchObject({ code: "ENROLMENT_REFUSED", message: expect.stringContaining("expired") });
});

test("enrol() refuses an unknown token and a wrong secret in the same words", async () => {
  const token = await freshToken(world);
  const unknown = enrolFrame({ ...token, id: (await freshToken(world)).id }, newExecutor());
  const wrongSecret = enrolFrame({ ...token, secret: toBase64(new Uint8Array(32).fill(7)) }, newExecutor());
  await world.database.run("delete from enrolment_tokens where id <> $1 and executor_id is null", [token.id]);
  const refusals = [await rejectionOf(passOn(world, unknown)), await rejectionOf(passOn(world, wrongSecret))];
  expect(refusals.map((refusal) => refusal.code)).toEqual(["ENROLMENT_REFUSED", "ENROLMENT_REFUSED"]);
  expect(refusals[0]?.message).toBe(refusals[1]?.message);
});

test("enrol() refuses a receiving key whose private half the executor does not hold", async () => {
  const token = await freshToken(world);
  const frame = enrolFrame(token, newExecutor(), { boxPublic: toBase64(newExecutor().box.publicKey) });
  expect(await codeOf(passOn(world, frame))).toBe("ENROLMENT_REFUSED");
});

test("enrol() refuses a receiving key of low order", async () => {
  const token = await freshToken(world);
  const frame = enrolFrame(token, newExecutor(), { boxPublic: toBase64(new Uint8Array(32)) });
  expect(await codeOf(passOn(world, frame))).toBe("LOW_ORDER_KEY");
});

test("enrol() refuses a frame that another key signed", async () => {
  const token = await freshToken(world);
  const frame = enrolFrame(token, newExecutor(), { signPublic: toBase64(newExecutor().signPublic) });
  expect(await codeOf(passOn(world, frame))).toBe("BAD_SIGNATURE");
});

test("enrol() refuses a frame that was changed on its way", async () => {
  const frame = enrolFrame(await freshToken(world), newExecutor());
  expect(await codeOf(passOn(world, flipBit(frame, fromBase64(frame).length - 1)))).toBe("BAD_SIGNATURE");
});

test("enrol() refuses keys and ids that are on the list already, under a new token", async () => {
  const identity = newExecutor();
  await passOn(world, enrolFrame(await freshToken(world), identity));
  const sameId = { ...newExecutor(), id: identity.id };
  const sameKeys = { ...identity, id: newId("executor") };
  for (const other of [sameId, sameKeys]) {
    expect(await codeOf(passOn(world, enrolFrame(await freshToken(world), other)))).toBe("ENROLMENT_REFUSED");
  }
});

test("enrol() does not let a revoked executor in again with its old token", async () => {
  const token = await freshToken(world);
  const identity = newExecutor();
  await passOn(world, enrolFrame(token, identity));
  await revoke(world, identity);
  expect(await codeOf(passOn(world, enrolFrame(token, identity)))).toBe("NOT_ENROLLED");
});

test("enrol() writes an audit row without the secret", async () => {
  const token = await freshToken(world);
  const identity = newExecutor();
  await passOn(world, enrolFrame(token, identity));
  const row = z.object({ text: z.string() });
  const found = await world.database.rows(row, "select a::text as text from audit a where executor_id = $1", [
    identity.id,
  ]);
  expect(found).toHaveLength(1);
  expect(found[0]?.text).toContain(token.id);
  expect(found[0]?.text).not.toContain(token.secret);
});

test("enrol() answers only the platform", async () => {
  const frame = enrolFrame(await freshToken(world), newExecutor());
  const asked = call({
    link: world.link,
    identity: generateIdentity(world.config.platformId),
    peer: { id: "keyring", signPublic: world.keyringIdentity.signPublic },
    subject: "sealrun.keyring.enrol",
    kind: "enrol",
    body: { frame },
    reply: enrolReply,
    unreachable: "KEYRING_UNREACHABLE",
  });
  expect(await codeOf(asked)).toBe("BAD_SIGNATURE");
});
