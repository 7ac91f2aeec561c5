import { newId, verifyScopeKey } from "@sealrun/crypto";
import { type ScopeKeyFields, scopeKeyReply } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

async function ensure(body: object): Promise<ScopeKeyFields> {
  const { statement } = await world.ask("scope-key", body, scopeKeyReply);
  return verifyScopeKey(statement, world.keyringIdentity.signPublic);
}

test("answerScopeKey() refuses a package under another project than its first", async () => {
  const ownerId = newId("package");
  await ensure({ scope: "service", ownerId, projectId: newId("project") });
  expect(await codeOf(ensure({ scope: "service", ownerId, projectId: newId("project") }))).toBe("FORBIDDEN");
});

test("answerScopeKey() refuses an owner that does not fit its scope", async () => {
  const bodies = [
    { scope: "service", ownerId: newId("package") },
    { scope: "service", ownerId: newId("project"), projectId: newId("project") },
    { scope: "project", ownerId: newId("package") },
    { scope: "platform", ownerId: newId("platform") },
    { scope: "world", ownerId: newId("platform") },
  ];
  for (const body of bodies) expect(await codeOf(ensure(body))).toBe("MALFORMED");
});
