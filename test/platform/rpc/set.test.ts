import { createBatchSealer, generateScopeKey, secretContext, sha256Hex, toBase64 } from "@sealrun/crypto";
import { encodeJson, secretList, secretName } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { lookUpSecret } from "../../../executor/src/worker/secrets/open-secret.ts";
import { storeSecret } from "../../../executor/src/worker/secrets/seal-secret.ts";
import { ask } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import type { PeerAttempt } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const name = (text: string) => secretName.parse(text);
const countParts = async (): Promise<number> =>
  (await world.database.row(z.object({ n: z.number() }), "select count(*)::int as n from set_parts"))?.n ?? -1;
const namesOfProject = async (): Promise<readonly string[]> => {
  const { secrets } = await ask(world.platform, secretList, ["GET", "/projects/acme/secrets"]);
  return secrets.map((secret) => secret.name);
};
/** A valid set request of one part, with changes. */
const request = (attempt: PeerAttempt, text: string, publicKey = attempt.grant.publicKey("project")) => {
  const { platformId, project } = attempt.event;
  const context = secretContext({ platformId, scope: "project", ownerId: project.id, name: text });
  const envelope = createBatchSealer(publicKey).seal(context, encodeJson("value"));
  return {
    ...attempt.ref,
    scope: "project",
    name: name(text),
    sha256: sha256Hex(envelope),
    size: envelope.length,
    part: 0,
    parts: 1,
    bytes: toBase64(envelope),
  } as const;
};

describe("answerSet()", () => {
  test("answerSet() stores a value that the same and the next execution read", async () => {
    const first = await world.claim("report");
    expect(await storeSecret(first.worker, { name: "ROTATED", value: { a: ["1"] }, scope: "project" })).toMatchObject({
      version: 1,
      shadowedBy: undefined,
    });
    expect(await lookUpSecret(first.worker, name("ROTATED"))).toMatchObject({ value: { a: ["1"] }, scope: "project" });
    const second = await world.claim("report");
    expect(await storeSecret(second.worker, { name: "ROTATED", value: 2, scope: "project" })).toMatchObject({
      version: 2,
    });
    expect(await lookUpSecret(first.worker, name("ROTATED"))).toMatchObject({ value: 2, version: 2 });
    const { secrets } = await ask(world.platform, secretList, ["GET", "/projects/acme/secrets"]);
    expect(secrets.find((secret) => secret.name === "ROTATED")?.author).toBe(`execution ${second.ref.executionId}`);
  });

  test("answerSet() stores a value of 1 MiB from its parts and keeps none of them", async () => {
    const attempt = await world.claim("report");
    const value = "é".repeat(524_287);
    await storeSecret(attempt.worker, { name: "LARGEST", value, scope: "platform" });
    expect((await lookUpSecret(attempt.worker, name("LARGEST")))?.value).toBe(value);
    expect(await countParts()).toBe(0);
  });

  test("answerSet() says which narrower scope hides the new value", async () => {
    const attempt = await world.claim("report");
    const inProject = await storeSecret(attempt.worker, { name: "DB_PASS", value: 1, scope: "project" });
    expect(inProject.shadowedBy).toBe("service");
    await storeSecret(attempt.worker, { name: "SHADOWED", value: 1, scope: "project" });
    const onPlatform = await storeSecret(attempt.worker, { name: "SHADOWED", value: 1, scope: "platform" });
    expect(onPlatform.shadowedBy).toBe("project");
  });

  test("answerSet() stores nothing when the bytes are not what was announced", async () => {
    const attempt = await world.claim("report");
    const asked = request(attempt, "CHANGED");
    expect(await codeOf(attempt.rpc.set({ ...asked, sha256: "0".repeat(64) }))).toBe("TAMPERED");
    expect(await codeOf(attempt.rpc.set({ ...asked, size: asked.size + 1 }))).toBe("TAMPERED");
    expect(await codeOf(attempt.rpc.set({ ...asked, part: 1, parts: 2 }))).toBe("TAMPERED");
    expect(await codeOf(attempt.rpc.set({ ...asked, part: 2 }))).toBe("MALFORMED");
    expect(await codeOf(attempt.rpc.set({ ...asked, parts: 100 }))).toBe("VALUE_TOO_LARGE");
    expect(await namesOfProject()).not.toContain("CHANGED");
  });

  test("answerSet() refuses a value that was sealed with another key than the scope's", async () => {
    const attempt = await world.claim("report");
    const other = request(attempt, "OTHER_KEY", generateScopeKey().publicKey);
    expect(await codeOf(attempt.rpc.set(other))).toBe("KEY_CHANGED");
    const service = request(attempt, "OTHER_KEY", attempt.grant.publicKey("service"));
    expect(await codeOf(attempt.rpc.set(service))).toBe("KEY_CHANGED");
    expect(await namesOfProject()).not.toContain("OTHER_KEY");
  });

  test("answerSet() refuses an attempt that has ended, and deletes its parts", async () => {
    const attempt = await world.claim("report");
    const asked = request(attempt, "TOO_LATE");
    await attempt.rpc.set({ ...asked, parts: 2 });
    expect(await countParts()).toBe(1);
    await attempt.rpc.finish({ ...attempt.ref, status: "succeeded", lastSequence: 0 });
    expect(await countParts()).toBe(0);
    expect(await codeOf(attempt.rpc.set(asked))).toBe("LEASE_LOST");
    expect(await namesOfProject()).not.toContain("TOO_LATE");
  });
});
