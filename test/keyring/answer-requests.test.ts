import { keyringSender, keyringVerbs, subjects } from "@sealrun/protocol";
import { generateIdentity, newId, signFrame } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
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
