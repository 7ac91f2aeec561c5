import {
  encodeJson,
  grantReply,
  keyringSender,
  keyringVerbs,
  type KeyringVerb,
  scopeKeyReply,
  sizesReply,
  subjects,
} from "@sealrun/protocol";
import { generateIdentity, newId, pairFrame, readUnverifiedHeader, signFrame, toBase64 } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { batchFrame, grantItem, pushPackage } from "./attempts/attempt.ts";
import { enrolExecutor } from "./enrolment/enrol-executor.ts";
import { codeOf, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test("answerRequests() refuses every sender except its platform, on every subject", async () => {
  const strangers = [generateIdentity(newId("platform")), generateIdentity(newId("executor"))];
  for (const verb of keyringVerbs) {
    for (const identity of strangers) {
      const asked = call({
        link: world.link,
        identity,
        peer: { id: keyringSender, signPublic: world.keyringIdentity.signPublic },
        subject: subjects.keyring(verb),
        kind: verb,
        body: {},
        reply: z.object({ ok: z.literal(true) }),
        unreachable: "KEYRING_UNREACHABLE",
      });
      expect(await codeOf(asked)).toBe("UNKNOWN_SENDER");
    }
  }
});

/** Asks as the platform does that keeps its peer; `identity` plays another part. The answer is how the reply was proven. */
function askOften(identity = world.platformIdentity) {
  const peer = { id: keyringSender, signPublic: world.keyringIdentity.signPublic };
  return async (verb: KeyringVerb, body: object, reply: z.ZodType): Promise<string> => {
    const { frame } = await call({
      link: world.link,
      identity,
      peer,
      subject: subjects.keyring(verb),
      kind: verb,
      body,
      reply,
      isForPeerOnly: true,
      unreachable: "KEYRING_UNREACHABLE",
    });
    return readUnverifiedHeader(frame).proof ?? "signature";
  };
}

test("answerRequests() needs no signature of its platform, and signs what the platform passes on", async () => {
  const executor = await enrolExecutor(world);
  const pushed = await pushPackage(world);
  const ask = askOften();
  expect(await ask("sizes", {}, sizesReply)).toBe("signature");
  expect(await ask("sizes", {}, sizesReply)).toBe("pair");
  expect(await ask("scope-key", { scope: "platform", ownerId: world.config.platformId }, scopeKeyReply)).toBe("pair");
  const item = grantItem(pushed);
  const asked = { frame: batchFrame(executor, [item.executionId]), executorId: executor.id, items: [item] };
  expect(await ask("grant", asked, grantReply)).toBe("signature");
});

test("answerRequests() takes a MAC of no part but its platform, and none of an executor in a claim", async () => {
  const ask = askOften();
  await ask("sizes", {}, sizesReply);
  const to = { id: keyringSender, boxPublic: world.keyringIdentity.box.publicKey };
  const executor = await enrolExecutor(world);
  const stranger = generateIdentity(world.platformIdentity.id);
  for (const sender of [stranger, executor]) {
    const header = {
      v: 1,
      kind: "sizes.request",
      subject: subjects.keyring("sizes"),
      sender: sender.id,
      requestId: newId("request"),
      time: Date.now(),
    } as const;
    const frame = pairFrame(sender, to, header, encodeJson({}));
    const reply = await world.link.connection.request(header.subject, frame, { timeout: 5_000 });
    expect(Buffer.from(reply.data).toString("latin1")).toContain('"code":"BAD_SIGNATURE"');
  }
  const header = {
    v: 1,
    kind: "claim.request",
    subject: `sealrun.rpc.${executor.id}.claim`,
    sender: executor.id,
    requestId: newId("request"),
    time: Date.now(),
  } as const;
  const claim = toBase64(pairFrame(executor, to, header, encodeJson({ claims: [] })));
  const asked = { frame: claim, executorId: executor.id, items: [grantItem(await pushPackage(world))] };
  expect(await codeOf(ask("grant", asked, grantReply))).toBe("BAD_SIGNATURE");
});

test("answerRequests() answers any body with a refusal and no trace of it in the log", async () => {
  const anything = z.object({ ok: z.literal(true) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keyringVerbs), fc.json({ maxDepth: 3 }), async (verb, text) => {
      const codes = ["MALFORMED", "BAD_FORMAT"];
      expect(codes).toContain(await codeOf(world.ask(verb, { canary: "canary-0815", body: text }, anything)));
    }),
    { numRuns: 40 },
  );
  expect(world.logged.join("\n")).not.toContain("canary-0815");
});

test("answerRequests() refuses a request that is sent again as it is", async () => {
  const header = {
    v: 1,
    kind: "scope-key.request",
    subject: subjects.keyring("scope-key"),
    sender: world.platformIdentity.id,
    requestId: newId("request"),
    time: Date.now(),
  } as const;
  const body = Buffer.from(JSON.stringify({ scope: "project", ownerId: newId("project") }));
  const frame = signFrame(world.platformIdentity, header, body);
  const answers: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const reply = await world.link.connection.request(header.subject, frame, { timeout: 5_000 });
    answers.push(Buffer.from(reply.data).toString("latin1"));
  }
  expect(answers[0]).toContain('"ok":true');
  expect(answers[1]).toContain("REPLAYED");
});
